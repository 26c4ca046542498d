package io.millrace.index.store;

/** Opens the named states of one shard. */
@FunctionalInterface
public interface ShardStorage {
    /** Returns the state {@code name}; the same name gives the same contents. */
    KeyValueStore open(String name);
}
