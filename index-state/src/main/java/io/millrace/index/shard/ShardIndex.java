package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vector index in one shard. While it is built, from the vectors in state and in slices, every change already
 * reaches it; a search does not use it until it is ready.
 */
final class ShardIndex {
    private final VectorIndexDefinition definition;
    private final int ordinal;
    private final VectorIndex index;
    private @Nullable Cursor backfill;

    /** Keys that changed since the build began: what the build reads of them may be old. */
    private final Set<String> touched = new HashSet<>();

    private ShardIndex(VectorIndexDefinition definition, int ordinal, VectorIndex index, @Nullable Cursor backfill) {
        this.definition = definition;
        this.ordinal = ordinal;
        this.index = index;
        this.backfill = backfill;
    }

    static ShardIndex ready(VectorIndexDefinition definition, int ordinal, VectorIndex index) {
        return new ShardIndex(definition, ordinal, index, null);
    }

    static ShardIndex building(
            VectorIndexDefinition definition,
            CollectionBinding collection,
            DocumentStore documents,
            VectorIndex index) {
        int ordinal = collection.ordinal(definition.field());
        return new ShardIndex(definition, ordinal, index, documents.scanVectors(collection, ordinal));
    }

    VectorIndexDefinition definition() {
        return definition;
    }

    int ordinal() {
        return ordinal;
    }

    VectorIndex index() {
        return index;
    }

    boolean isReady() {
        return backfill == null;
    }

    void put(String key, float[] vector) {
        touch(key);
        index.put(key, vector);
    }

    void remove(String key) {
        touch(key);
        index.remove(key);
    }

    private void touch(String key) {
        if (backfill != null) {
            touched.add(key);
        }
    }

    /** Adds at most {@code vectorsMax} vectors from state and returns whether more are left; ready if not. */
    boolean build(int vectorsMax) {
        if (backfill == null) {
            return false;
        }
        for (int i = 0; i < vectorsMax; i++) {
            if (!backfill.next()) {
                backfill = null;
                touched.clear();
                return false;
            }
            String key = Bytes.text(backfill.key());
            if (!touched.contains(key)) {
                index.put(key, VectorFormat.decode(backfill.value()));
            }
        }
        return true;
    }
}
