package io.millrace.benchmarks.engine;

/**
 * How a search is done.
 *
 * @param alpha candidates that are scored exactly, for each of {@code k}; only of engines with an exact second phase
 */
public record SearchSetting(int k, int ef, double alpha) {
    /** Returns how many candidates the first phase gives. */
    public int window() {
        return (int) Math.max(k, Math.ceil(alpha * k));
    }
}
