package io.millrace.index.store;

import java.util.Map;
import java.util.TreeMap;

/** The states of one shard on the heap, for tests and as an oracle. */
public final class HeapShardStorage implements ShardStorage {
    private final Map<String, HeapKeyValueStore> stores = new TreeMap<>();

    @Override
    public HeapKeyValueStore open(String name) {
        return stores.computeIfAbsent(name, ignored -> new HeapKeyValueStore());
    }

    /** Returns a storage with the same contents that shares nothing with this one: what a checkpoint would hold. */
    public HeapShardStorage copy() {
        HeapShardStorage copy = new HeapShardStorage();
        stores.forEach((name, store) -> copy.stores.put(name, store.copy()));
        return copy;
    }
}
