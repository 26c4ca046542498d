package io.millrace.benchmarks.search;

import static io.millrace.benchmarks.measure.Report.say;
import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import io.millrace.benchmarks.vectors.DataOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures searches with a filter against exact ones with the same filter. */
@Command(
        name = "filtered",
        description = {
            "Measures vector searches with a filter that some of the rows pass, at default options, against exact"
                    + " searches (engine flat) with the same filter: one shard, one thread, no Kafka."
        },
        mixinStandardHelpOptions = true)
public final class FilteredCommand implements Callable<Integer> {
    /** Name of a figure's share, and parts of {@link FilteredSearch#PARTS}. */
    private static final Map<String, Integer> SHARES = shares();

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private Report report;

    @Option(names = "--k", description = "Results asked for (default: ${DEFAULT-VALUE}).", defaultValue = "10")
    private int k;

    @Option(names = "--m", description = "Links a node (default: ${DEFAULT-VALUE}).", defaultValue = "16")
    private int m;

    @Option(
            names = "--ef-construction",
            description = "Beam at insert (default: ${DEFAULT-VALUE}).",
            defaultValue = "200")
    private int efConstruction;

    @Option(names = "--rounds", description = "How often (default: ${DEFAULT-VALUE}).", defaultValue = "3")
    private int rounds;

    private static Map<String, Integer> shares() {
        Map<String, Integer> shares = new LinkedHashMap<>();
        shares.put("100", 1_000);
        shares.put("50", 500);
        shares.put("10", 100);
        shares.put("1", 10);
        shares.put("01", 1);
        return shares;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Dataset data = dataOptions.load(k, null);
        Figures figures = new Figures();
        try (FilteredSearch searches = new FilteredSearch(data, k, m, efConstruction)) {
            SHARES.values().forEach(searches::measure);
            double least = Double.MAX_VALUE;
            for (Map.Entry<String, Integer> share : SHARES.entrySet()) {
                double ratio = measure(searches, share.getKey(), share.getValue(), figures, out);
                if (share.getKey().equals("50") || share.getKey().equals("10")) {
                    least = Math.min(least, ratio);
                }
            }
            figures.put("filtered_qps_over_exact", least, "x");
        }
        report.setting("benchmark", "filtered")
                .setting("k", k)
                .setting("m", m)
                .setting("ef_construction", efConstruction)
                .setting("rounds", rounds)
                .setting("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        dataOptions.describe(report, data);
        report.finish(figures, out);
        return 0;
    }

    private double measure(FilteredSearch searches, String share, int parts, Figures figures, PrintWriter out) {
        List<Double> qps = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        double recall = 1;
        for (int round = 1; round <= rounds; round++) {
            FilteredSearch.Measured measured = searches.measure(parts);
            recall = measured.recall();
            qps.add(measured.qps());
            ratios.add(measured.qps() / measured.exactQps());
            say(
                    out,
                    "round %d  %5.1f %% pass  recall@%d %.4f  %8.0f/s  exact %8.0f/s",
                    round,
                    100.0 * parts / FilteredSearch.PARTS,
                    k,
                    recall,
                    measured.qps(),
                    measured.exactQps());
        }
        figures.put("filtered_recall_" + share, recall, "share")
                .put("filtered_qps_" + share, median(qps), "1/s")
                .put("filtered_qps_over_exact_" + share, median(ratios), "x");
        return median(ratios);
    }
}
