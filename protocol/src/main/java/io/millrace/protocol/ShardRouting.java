package io.millrace.protocol;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/** The shard of a key: a function of the canonical key string alone, so that routing needs no catalog. */
public final class ShardRouting {
    private ShardRouting() {}

    /** Returns the XXH3 hash of the canonical key: the row id of a STRING or composite key, and the source of its shard. */
    public static long hash(String canonicalKey) {
        return Hashing.xxh3_64().hashBytesToLong(canonicalKey.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the row id, unsigned 64 bits as decimal text: the value of an INT key, else the hash of the canonical key.
     *
     * @param intKey whether the key is one INT
     */
    public static String rowId(String canonicalKey, boolean intKey) {
        return Long.toUnsignedString(intKey ? Long.parseLong(canonicalKey) : hash(canonicalKey));
    }

    /** Returns the shard of {@code canonicalKey}, in {@code [0, shards)}. */
    public static int shardOf(String canonicalKey, int shards) {
        return (int) Long.remainderUnsigned(hash(canonicalKey), shards);
    }
}
