package io.millrace.benchmarks.engine;

import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.measure.Samples;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures one engine over one set of vectors, in the thread that calls. */
public final class EngineWorker implements AutoCloseable {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP_VECTORS = 6_000;
    private static final int WARM_UP_SEARCHES = 20_000;
    private static final long WARM_UP_NANOS_MAX = 4_000_000_000L;
    private static final int WARM_UP_EF = 50;
    private static final int RESTORES = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MICROS_PER_MS = 1e3;

    private final EngineSpec spec;
    private final Dataset data;
    private @Nullable Engine engine;

    public EngineWorker(EngineSpec spec, Dataset data) {
        this.spec = spec;
        this.data = data;
    }

    /** Builds and searches a small part, for Java to compile what runs often. */
    public void warmUp() {
        int count = Math.min(data.base().length, WARM_UP_VECTORS);
        try (Engine small = Engines.open(spec)) {
            for (int id = 0; id < count; id++) {
                small.put(id, data.base()[id]).run();
            }
            small.seal();
            long start = System.nanoTime();
            int[] ids = new int[count];
            for (int i = 0; i < WARM_UP_SEARCHES && System.nanoTime() - start < WARM_UP_NANOS_MAX; i++) {
                SearchSetting setting = new SearchSetting(10, WARM_UP_EF, 1 + i % 3);
                small.search(data.queries()[i % data.queries().length], setting).run();
                small.found(ids);
            }
        }
    }

    /** Builds anew. */
    public BuildResult build() {
        close();
        long before = heapBytes();
        Engine built = Engines.open(spec);
        engine = built;
        int count = data.base().length;
        List<Long> last = new ArrayList<>();
        long cpu = 0;
        long start = System.nanoTime();
        for (int id = 0; id < count; id++) {
            Runnable put = built.put(id, data.base()[id]);
            long cpuStart = THREADS.getCurrentThreadCpuTime();
            long nanos = time(put);
            cpu += THREADS.getCurrentThreadCpuTime() - cpuStart;
            if (id >= count - Math.max(1, count / 10)) {
                last.add(nanos);
            }
        }
        long cpuStart = THREADS.getCurrentThreadCpuTime();
        built.seal();
        cpu += THREADS.getCurrentThreadCpuTime() - cpuStart;
        double wall = (System.nanoTime() - start) / NANOS_PER_SECOND;
        Samples inserts = Samples.of(last);
        return new BuildResult(
                cpu / NANOS_PER_SECOND,
                wall,
                inserts.p50Ms() * MICROS_PER_MS,
                inserts.p99Ms() * MICROS_PER_MS,
                (heapBytes() - before + built.bytesOutsideHeap()) / (double) count);
    }

    private static long time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private Engine built() {
        if (engine == null) {
            throw new IllegalStateException("nothing is built");
        }
        return engine;
    }

    /** Asks all queries, {@code passes} times. */
    public SearchResult search(SearchSetting setting, int passes) {
        Engine built = built();
        float[][] queries = data.queries();
        long[] least = new long[queries.length];
        Arrays.fill(least, Long.MAX_VALUE);
        int[] ids = new int[Math.max(setting.window(), setting.ef())];
        long right = 0;
        for (int pass = 0; pass < passes; pass++) {
            right = 0;
            for (int query = 0; query < queries.length; query++) {
                least[query] = Math.min(least[query], time(built.search(queries[query], setting)));
                right += data.truth().right(query, ids, built.found(ids), setting.k());
            }
        }
        return new SearchResult(
                right / (double) (setting.k() * queries.length),
                queries.length * NANOS_PER_SECOND / Arrays.stream(least).sum());
    }

    /** Reads the engine back from where it is kept, a few times. */
    public RestoreResult restore() {
        Engine built = built();
        if (!built.isKept()) {
            return new RestoreResult(false, 0, 0);
        }
        built.save();
        List<Double> cpu = new ArrayList<>();
        List<Double> wall = new ArrayList<>();
        for (int i = 0; i < RESTORES; i++) {
            long cpuStart = THREADS.getCurrentThreadCpuTime();
            wall.add(time(built::reopen) / NANOS_PER_SECOND);
            cpu.add((THREADS.getCurrentThreadCpuTime() - cpuStart) / NANOS_PER_SECOND);
        }
        return new RestoreResult(true, median(cpu), median(wall));
    }

    /** Makes the index anew from the rows. */
    public ReindexResult reindex() {
        Engine built = built();
        if (!built.reindexes()) {
            return new ReindexResult(false, 0, 0);
        }
        long cpuStart = THREADS.getCurrentThreadCpuTime();
        double wall = time(built::reindex) / NANOS_PER_SECOND;
        return new ReindexResult(true, (THREADS.getCurrentThreadCpuTime() - cpuStart) / NANOS_PER_SECOND, wall);
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }
}
