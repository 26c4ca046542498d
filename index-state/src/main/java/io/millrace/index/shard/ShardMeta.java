package io.millrace.index.shard;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a shard must remember of itself: its shape, the collections it has seen, and which indexes are built. */
public final class ShardMeta {
    private static final int VERSION = 1;
    private static final byte[] SHAPE_KEY = Bytes.utf8("shape");
    private static final byte[] COLLECTIONS = Bytes.utf8("collections");
    private static final byte[] EDGE_TYPES = Bytes.utf8("edge-types");
    private static final byte[] INDEXES = Bytes.utf8("indexes");
    private static final byte[] LAST_BUILDS = Bytes.utf8("last-builds");

    private final KeyValueStore store;

    public ShardMeta(KeyValueStore store) {
        this.store = store;
    }

    /** A collection that has, or may have, rows in state. */
    record SeenCollection(long id, boolean bucketed, int fieldCount) {}

    /**
     * Checks that the state was written by a job of this shape; an empty state takes it on.
     *
     * @throws IllegalStateException if it was not, with what to do
     */
    public void checkOrWriteShape(int shardCount, int maxParallelism) {
        byte[] stored = store.get(Bytes.NONE, SHAPE_KEY);
        if (stored == null) {
            ValueWriter out = new ValueWriter(16);
            out.writeByte(VERSION);
            out.writeInt(shardCount);
            out.writeInt(maxParallelism);
            store.put(Bytes.NONE, SHAPE_KEY, out.toBytes());
            return;
        }
        ValueReader in = new ValueReader(stored);
        checkVersion(in);
        int storedShards = in.readInt();
        int storedMaxParallelism = in.readInt();
        if (storedShards != shardCount || storedMaxParallelism != maxParallelism) {
            throw new IllegalStateException("the state has " + storedShards + " shards and max parallelism "
                    + storedMaxParallelism + ", the job is configured for " + shardCount + " and " + maxParallelism
                    + ": start it with those of the state, or replay the events into a new job");
        }
    }

    void see(SeenCollection collection) {
        ValueWriter out = new ValueWriter(16);
        out.writeByte(VERSION);
        out.writeBoolean(collection.bucketed());
        out.writeInt(collection.fieldCount());
        store.put(COLLECTIONS, Bytes.ofLong(collection.id()), out.toBytes());
    }

    List<SeenCollection> seen() {
        List<SeenCollection> seen = new ArrayList<>();
        Cursor cursor = store.scan(COLLECTIONS);
        while (cursor.next()) {
            ValueReader in = new ValueReader(cursor.value());
            checkVersion(in);
            seen.add(new SeenCollection(Bytes.toLong(cursor.key(), 0), in.readBoolean(), in.readInt()));
        }
        return seen;
    }

    void forgetCollection(long id) {
        store.remove(COLLECTIONS, Bytes.ofLong(id));
    }

    /** Remembers an edge type that has, or may have, edges in state. */
    void seeEdgeType(long id) {
        store.put(EDGE_TYPES, Bytes.ofLong(id), new byte[] {VERSION});
    }

    List<Long> seenEdgeTypes() {
        return ids(EDGE_TYPES);
    }

    void forgetEdgeType(long id) {
        store.remove(EDGE_TYPES, Bytes.ofLong(id));
    }

    /**
     * A version of an index that is complete in state.
     *
     * @param version from 1
     * @param buildOffset of the BUILD that it answers, or the id of the index
     * @param applied what it surely contains
     */
    record BuiltIndex(long version, long buildOffset, OffsetToken applied) {}

    void markBuilt(long indexId, BuiltIndex built) {
        ValueWriter out = new ValueWriter(64);
        out.writeByte(VERSION);
        out.writeLong(built.version());
        out.writeLong(built.buildOffset());
        out.writeVarint(built.applied().nextOffsets().size());
        built.applied().nextOffsets().forEach((partition, next) -> {
            out.writeString(partition);
            out.writeLong(next);
        });
        store.put(INDEXES, Bytes.ofLong(indexId), out.toBytes());
    }

    /** Returns the version of the index that is in state; null if none is complete. */
    @Nullable BuiltIndex built(long indexId) {
        byte[] stored = store.get(INDEXES, Bytes.ofLong(indexId));
        if (stored == null) {
            return null;
        }
        ValueReader in = new ValueReader(stored);
        checkVersion(in);
        long version = in.readLong();
        long buildOffset = in.readLong();
        Map<String, Long> applied = new TreeMap<>();
        for (int left = in.readVarint(); left > 0; left--) {
            applied.put(in.readString(), in.readLong());
        }
        return new BuiltIndex(version, buildOffset, new OffsetToken(applied));
    }

    /**
     * The last build of an index that ended, also where what it made is gone.
     *
     * @param version from 1
     */
    record LastBuild(long version, long buildMs) {
        static final LastBuild NONE = new LastBuild(0, 0);
    }

    void markLastBuild(long indexId, LastBuild last) {
        ValueWriter out = new ValueWriter(24);
        out.writeByte(VERSION);
        out.writeLong(last.version());
        out.writeLong(last.buildMs());
        store.put(LAST_BUILDS, Bytes.ofLong(indexId), out.toBytes());
    }

    /** Returns the last build; state that was written before this was kept says only which version is built. */
    LastBuild lastBuild(long indexId) {
        byte[] stored = store.get(LAST_BUILDS, Bytes.ofLong(indexId));
        if (stored == null) {
            BuiltIndex built = built(indexId);
            return built == null ? LastBuild.NONE : new LastBuild(built.version(), 0);
        }
        ValueReader in = new ValueReader(stored);
        checkVersion(in);
        return new LastBuild(in.readLong(), in.readLong());
    }

    /** Returns the indexes of which anything is remembered. */
    Set<Long> indexes() {
        Set<Long> all = new TreeSet<>(ids(INDEXES));
        all.addAll(ids(LAST_BUILDS));
        return all;
    }

    private List<Long> ids(byte[] namespace) {
        List<Long> ids = new ArrayList<>();
        Cursor cursor = store.scan(namespace);
        while (cursor.next()) {
            checkVersion(new ValueReader(cursor.value()));
            ids.add(Bytes.toLong(cursor.key(), 0));
        }
        return ids;
    }

    /** Forgets what is built; that a version was built stays known. */
    void forgetBuilt(long id) {
        store.remove(INDEXES, Bytes.ofLong(id));
    }

    void forgetIndex(long id) {
        forgetBuilt(id);
        store.remove(LAST_BUILDS, Bytes.ofLong(id));
    }

    private static void checkVersion(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown shard meta version " + version);
        }
    }
}
