package io.millrace.benchmarks.engine;

/**
 * How reading an engine back from where it is kept went: the median of a few times.
 *
 * @param kept false if the engine cannot do that; the times are 0 then
 */
public record RestoreResult(boolean kept, double cpuSeconds, double wallSeconds) {}
