package io.millrace.benchmarks.engine;

/**
 * How building an index anew from the rows in state went.
 *
 * @param done whether the engine can do that; if not, the times are 0
 * @param cpuSeconds of the thread that built; threads of the garbage collector, the compiler and RocksDB not counted
 */
public record ReindexResult(boolean done, double cpuSeconds, double wallSeconds) {}
