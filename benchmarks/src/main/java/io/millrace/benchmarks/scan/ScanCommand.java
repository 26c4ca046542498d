package io.millrace.benchmarks.scan;

import static io.millrace.benchmarks.measure.Report.say;
import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast one core reads rows of a time range, and how much the rows outside it cost. */
@Command(
        name = "scan",
        description = {
            "Measures how many rows a second one core scans and filters, and scans and groups, in one shard on RocksDB:"
                    + " time ranges of 10 000 rows to all.",
            "The same range is read of a collection that has no other rows, to tell what those outside cost."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ScanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Report report;

    @Option(names = "--hours", description = "Of the log, with 10 000 rows each.", defaultValue = "100")
    private int hours;

    @Option(names = "--rounds", description = "How often all is measured.", defaultValue = "5")
    private int rounds;

    /** What one range gave in each round, in rows a second. */
    private static final class Speeds {
        private final List<Double> scan = new ArrayList<>();
        private final List<Double> aggregate = new ArrayList<>();
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        int inRange = Math.max(1, hours / 10);
        TreeMap<Integer, Speeds> speeds = new TreeMap<>();
        List<Double> outside = new ArrayList<>();
        try (LogShard all = new LogShard(hours);
                LogShard alone = new LogShard(inRange)) {
            for (int round = 0; round <= rounds; round++) {
                for (int range = 1; range <= hours; range *= 10) {
                    double scan = perSecond(range, all.nanos(all.scan(range), range));
                    double aggregate = perSecond(range, all.nanos(all.aggregate(range), range));
                    if (round > 0) { // The first warms up.
                        Speeds of = speeds.computeIfAbsent(range, none -> new Speeds());
                        of.scan.add(scan);
                        of.aggregate.add(aggregate);
                        say(
                                out,
                                "round %d  %8d rows  scanned %9.0f/s  grouped %9.0f/s",
                                round,
                                range * LogShard.ROWS_PER_HOUR,
                                scan,
                                aggregate);
                    }
                }
                double ratio = all.nanos(all.aggregate(inRange), inRange)
                        / (double) alone.nanos(alone.aggregate(inRange), inRange);
                if (round > 0) {
                    outside.add(ratio);
                }
            }
        }
        Figures figures = new Figures();
        speeds.forEach((range, of) -> figures.put("scan_rows_per_s_core_" + range + "0k", median(of.scan), "1/s")
                .put("aggregate_rows_per_s_core_" + range + "0k", median(of.aggregate), "1/s"));
        Speeds largest = speeds.lastEntry().getValue();
        figures.put("scan_rows_per_s_core", median(largest.scan), "1/s")
                .put("aggregate_rows_per_s_core", median(largest.aggregate), "1/s")
                .put("scan_outside_range_ratio", median(outside), "x");
        report.setting("benchmark", "scan")
                .setting("rows", hours * LogShard.ROWS_PER_HOUR)
                .setting("rounds", rounds)
                .setting("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        report.machine(Map.of()).finish(figures, out);
        return 0;
    }

    private static double perSecond(int range, long nanos) {
        return (double) range * LogShard.ROWS_PER_HOUR * TimeUnit.SECONDS.toNanos(1) / nanos;
    }
}
