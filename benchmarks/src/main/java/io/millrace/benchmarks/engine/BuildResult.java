package io.millrace.benchmarks.engine;

/**
 * How a build went.
 *
 * @param cpuSeconds of the thread that built; threads of the garbage collector, the compiler and RocksDB not counted
 * @param insertP50Micros of the last tenth of the inserts
 * @param bytesPerVector by which the heap, and files that are read as memory, have grown; with the vectors
 */
public record BuildResult(
        double cpuSeconds, double wallSeconds, double insertP50Micros, double insertP99Micros, double bytesPerVector) {}
