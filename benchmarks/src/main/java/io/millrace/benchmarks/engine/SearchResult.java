package io.millrace.benchmarks.engine;

/**
 * How searches went at one setting.
 *
 * @param recall share of the exact k nearest that were found, ties allowed
 * @param qps of one thread, from the least time of each query over the passes
 */
public record SearchResult(double recall, double qps) {}
