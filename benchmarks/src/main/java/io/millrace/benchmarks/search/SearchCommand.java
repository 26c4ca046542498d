package io.millrace.benchmarks.search;

import static io.millrace.benchmarks.measure.Report.say;
import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.load.VectorRequests;
import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import io.millrace.benchmarks.vectors.DataOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures vector searches through the whole job against the same shards without it. */
@Command(
        name = "search",
        description = {
            "Measures how many vector searches a second the whole job answers, with default options, against the same"
                    + " shards in one thread without Kafka, planner and coordinator."
        },
        mixinStandardHelpOptions = true)
public final class SearchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "Ids of the nearest of each query, ivecs; computed without it.")
    private @Nullable Path truth;

    @Mixin
    private StackOptions stackOptions;

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

    @Option(
            names = "--window",
            description = "Requests on their way at once (default: ${DEFAULT-VALUE}).",
            defaultValue = "32")
    private int window;

    @Option(names = "--seconds", description = "Of each in a round (default: ${DEFAULT-VALUE}).", defaultValue = "8")
    private int seconds;

    @Option(names = "--rounds", description = "How often (default: ${DEFAULT-VALUE}).", defaultValue = "3")
    private int rounds;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Dataset data = dataOptions.load(k, truth);
        VectorRequests requests =
                new VectorRequests(data.dimension(), data.metric(), "hnsw", m, efConstruction, "immediate");
        try (BenchStack stack = BenchStack.start(stackOptions);
                BareSearch bare = new BareSearch(data, k, m, efConstruction, stackOptions.shards())) {
            JobSearch job = new JobSearch(stack, requests, data, k);
            job.fill();
            Figures figures = measure(job, bare, out);
            finish(data, figures, out);
        }
        return 0;
    }

    private Figures measure(JobSearch job, BareSearch bare, PrintWriter out) {
        job.run(window, seconds);
        bare.perSecond(seconds);
        List<Double> jobQps = new ArrayList<>();
        List<Double> bareQps = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> p50 = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            JobSearch.Searches through = job.run(window, seconds);
            JobSearch.Searches alone = job.run(1, seconds);
            double without = bare.perSecond(seconds);
            say(
                    out,
                    "round %d  job %.0f/s %s%n         one at a time %s%n         bare %.0f/s",
                    round,
                    through.perSecond(),
                    through.times(),
                    alone.times(),
                    without);
            jobQps.add(through.perSecond());
            bareQps.add(without);
            ratios.add(through.perSecond() / without);
            p50.add(alone.times().p50Ms());
            p99.add(alone.times().p99Ms());
        }
        return new Figures()
                .put("job_search_qps", median(jobQps), "1/s")
                .put("bare_search_qps", median(bareQps), "1/s")
                .put("job_search_ratio", median(ratios), "x")
                .put("job_search_p50_ms", median(p50), "ms")
                .put("job_search_p99_ms", median(p99), "ms")
                .put("job_search_recall", job.recall(), "share");
    }

    private void finish(Dataset data, Figures figures, PrintWriter out) throws IOException {
        report.setting("benchmark", "search")
                .setting("k", k)
                .setting("m", m)
                .setting("ef_construction", efConstruction)
                .setting("window", window)
                .setting("seconds", seconds)
                .setting("rounds", rounds)
                .setting("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        dataOptions.describe(report, data);
        stackOptions.describe(report);
        report.finish(figures, out);
    }
}
