package io.millrace.index.vector;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;

/**
 * Where one version of an index is kept.
 *
 * @param namespace of the index and its version
 */
record HnswStore(KeyValueStore rows, KeyValueStore nodes, KeyValueStore vectors, KeyValueStore meta, byte[] namespace) {
    static final byte[] ENTRY = Bytes.utf8("entry");
    static final byte[] QUANTIZER = Bytes.utf8("quantizer");
    static final byte[] FRAME = Bytes.utf8("frame");

    static HnswStore open(ShardStorage storage, byte[] namespace) {
        return new HnswStore(
                storage.open(StateNames.VECTOR_ROWS),
                storage.open(StateNames.VECTOR_NODES),
                storage.open(StateNames.VECTOR_VALUES),
                storage.open(StateNames.VECTOR_META),
                namespace);
    }
}
