package io.millrace.benchmarks.ingest;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.benchmarks.measure.Progress;
import java.lang.management.ManagementFactory;

/**
 * How a segment was taken in.
 *
 * @param perSecond events, behind the warm-up
 * @param cpuMicros that this process, and so the broker too, spent on an event, from the first to the last; unlike the
 *     speed it depends little on who else uses the machine
 */
record Intake(double perSecond, double cpuMicros) {
    private static final double NANOS_PER_MICRO = 1e3;

    static Intake of(Progress progress, long cpuNanos, long events) {
        return new Intake(progress.perSecond(), cpuNanos / NANOS_PER_MICRO / events);
    }

    /** Returns the processor time of this process so far, also of threads that are not Java's, as RocksDB's. */
    static long cpuNanos() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        if (system == null) {
            throw new IllegalStateException("this Java does not tell processor times");
        }
        return system.getProcessCpuTime();
    }
}
