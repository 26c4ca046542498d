package io.millrace.index.shard;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.HnswIndex;
import io.millrace.index.vector.HnswlibIndex;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.List;

/** Makes the index that a definition asks for, empty or as it is in state. */
final class VectorEngines {
    private static final List<String> STATES = List.of(
            StateNames.VECTOR_ROWS,
            StateNames.VECTOR_NODES,
            StateNames.VECTOR_VALUES,
            StateNames.VECTOR_META,
            StateNames.VECTOR_HNSWLIB);

    private final ShardStorage storage;
    private final KeyValueStore hnswlib;

    VectorEngines(ShardStorage storage) {
        this.storage = storage;
        hnswlib = storage.open(StateNames.VECTOR_HNSWLIB);
    }

    /** Returns an empty index, whatever of this version is in state. */
    VectorIndex create(VectorIndexDefinition definition, long version, boolean numericKeys) {
        clear(definition.id(), version);
        byte[] namespace = Namespaces.indexVersion(definition.id(), version);
        return switch (definition.engine()) {
            case HNSW -> HnswIndex.open(definition, storage, namespace, numericKeys);
            case HNSWLIB -> HnswlibIndex.create(definition, hnswlib, namespace);
            case FLAT -> new FlatIndex(definition.dimension());
        };
    }

    /** Returns a version that is complete in state; a flat index, which is not kept there, is empty. */
    VectorIndex open(VectorIndexDefinition definition, long version, boolean numericKeys) {
        byte[] namespace = Namespaces.indexVersion(definition.id(), version);
        return switch (definition.engine()) {
            case HNSW -> HnswIndex.open(definition, storage, namespace, numericKeys);
            // One that nothing was ever added to was never written.
            case HNSWLIB ->
                hnswlib.get(namespace, Bytes.ofLong(0)) == null
                        ? HnswlibIndex.create(definition, hnswlib, namespace)
                        : HnswlibIndex.restore(definition, hnswlib, namespace);
            case FLAT -> new FlatIndex(definition.dimension());
        };
    }

    /** Removes what is in state of the version. */
    void clear(long indexId, long version) {
        byte[] namespace = Namespaces.indexVersion(indexId, version);
        STATES.forEach(name -> storage.open(name).clear(namespace));
    }
}
