package io.millrace.benchmarks.stream;

import static io.millrace.benchmarks.measure.Report.say;
import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.load.VectorRequests;
import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import io.millrace.benchmarks.measure.Samples;
import io.millrace.benchmarks.vectors.DataOptions;
import io.millrace.protocol.catalog.FreshnessMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures an index while its vectors change. */
@Command(
        name = "stream",
        description = {
            "Plays a file of inserts, deletes, replacements and searches, and measures recall, updates and searches;"
                    + " then searches beside upserts at a rate against searches alone."
        },
        mixinStandardHelpOptions = true)
public final class StreamCommand implements Callable<Integer> {
    private static final int SEARCHABLE_TIMES = 300;

    /** How the index is reached. */
    private enum Through {
        KAFKA,
        INDEX
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private Report report;

    @Option(names = "--runbook", paramLabel = "FILE", required = true, description = "Operations, one JSON a line.")
    private Path runbook;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description = "Exact answers of its search steps, one JSON a line; computed without it.")
    private @Nullable Path runbookTruth;

    @Option(
            names = "--mode",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
            defaultValue = "IMMEDIATE")
    private FreshnessMode mode;

    @Option(names = "--engine", description = "hnsw or hnswlib (default: ${DEFAULT-VALUE}).", defaultValue = "hnsw")
    private String engine;

    @Option(
            names = "--through",
            description = "kafka: the whole job; index: shards in one thread (default: ${DEFAULT-VALUE}).",
            defaultValue = "kafka")
    private String through;

    @Option(names = "--m", description = "Links a node (default: ${DEFAULT-VALUE}).", defaultValue = "16")
    private int m;

    @Option(
            names = "--ef-construction",
            description = "Beam at insert (default: ${DEFAULT-VALUE}).",
            defaultValue = "200")
    private int efConstruction;

    @Option(
            names = "--upserts-per-s",
            description = "Beside searches, after the runbook; 0 leaves that out (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int upsertsPerSecond;

    @Option(
            names = "--seconds",
            description = "Of searches alone, and beside upserts, in a round (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    private int seconds;

    @Option(names = "--rounds", description = "Of those (default: ${DEFAULT-VALUE}).", defaultValue = "3")
    private int rounds;

    @Option(
            names = "--searchers",
            description = "Threads that search through Kafka (default: ${DEFAULT-VALUE}).",
            defaultValue = "4")
    private int searchers;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Runbook book = Runbook.read(runbook, runbookTruth);
        Dataset data = dataOptions.load(RunbookPlayer.K, null).withQueries(book.queriesMax());
        Figures figures = new Figures();
        try (StreamTarget target = target(data)) {
            RunbookPlayer player = new RunbookPlayer(book, data, target, mode == FreshnessMode.REBUILD_ONLY);
            for (Runbook.Step step : book.steps()) {
                say(
                        out,
                        "step %d %s: %s",
                        step.number(),
                        step.kind().name().toLowerCase(Locale.ROOT),
                        player.play(step));
            }
            figures.put("recall_mean", player.recallMean(), "share")
                    .put("recall_min", player.recallMin(), "share")
                    .put("updates_per_s", player.updatesPerSecond(), "1/s")
                    .put("search_p50_ms", player.searchTimes().p50Ms(), "ms")
                    .put("search_p99_ms", player.searchTimes().p99Ms(), "ms")
                    .put(
                            target.isConcurrent() ? "process_heap_mb" : "index_memory_mb",
                            target.memoryBytes() / (double) (1 << 20),
                            "MB");
            if (upsertsPerSecond > 0 && mode != FreshnessMode.REBUILD_ONLY) {
                load(new UpsertLoad(data, target, searchers), target, figures, out);
            }
        }
        finish(data, figures, out);
        return 0;
    }

    private StreamTarget target(Dataset data) {
        if (Through.valueOf(through.toUpperCase(Locale.ROOT)) == Through.KAFKA) {
            return new KafkaTarget(
                    BenchStack.start(stackOptions),
                    new VectorRequests(data.dimension(), data.metric(), engine, m, efConstruction, mode.name()),
                    mode == FreshnessMode.REBUILD_ONLY);
        }
        EngineKind kind = switch (engine) {
            case "hnsw" -> EngineKind.HNSW;
            case "hnswlib" -> EngineKind.HNSWLIB_SHARD;
            default -> throw new IllegalArgumentException("--engine must be hnsw or hnswlib, got " + engine);
        };
        return new ShardTarget(
                new EngineSpec(kind, data.metric(), data.dimension(), m, efConstruction, false),
                mode,
                stackOptions.shards());
    }

    private void load(UpsertLoad load, StreamTarget target, Figures figures, PrintWriter out) {
        load.run(0, seconds);
        List<Double> kept = new ArrayList<>();
        List<Double> idleQps = new ArrayList<>();
        List<Double> busyQps = new ArrayList<>();
        List<Double> idleP99 = new ArrayList<>();
        List<Double> busyP99 = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            UpsertLoad.Searches idle = load.run(0, seconds);
            UpsertLoad.Searches busy = load.run(upsertsPerSecond, seconds);
            target.settle();
            say(out, "round %d idle %.0f/s %s", round, idle.perSecond(), idle.times());
            say(out, "round %d busy %.0f/s %s", round, busy.perSecond(), busy.times());
            kept.add(busy.perSecond() / idle.perSecond());
            idleQps.add(idle.perSecond());
            busyQps.add(busy.perSecond());
            idleP99.add(idle.times().p99Ms());
            busyP99.add(busy.times().p99Ms());
        }
        figures.put("qps_idle", median(idleQps), "1/s")
                .put("qps_under_upserts", median(busyQps), "1/s")
                .put("qps_kept_ratio", median(kept), "x")
                .put("search_idle_p99_ms", median(idleP99), "ms")
                .put("search_under_upserts_p99_ms", median(busyP99), "ms");
        if (target.isConcurrent()) {
            Samples searchable = load.untilSearchable(SEARCHABLE_TIMES);
            figures.put("searchable_p50_ms", searchable.p50Ms(), "ms")
                    .put("searchable_p99_ms", searchable.p99Ms(), "ms");
        }
    }

    private void finish(Dataset data, Figures figures, PrintWriter out) throws IOException {
        report.setting("benchmark", "stream")
                .setting("runbook", String.valueOf(runbook.getFileName()))
                .setting("mode", mode)
                .setting("engine", engine)
                .setting("through", through)
                .setting("m", m)
                .setting("ef_construction", efConstruction)
                .setting("upserts_per_s", upsertsPerSecond)
                .setting("seconds", seconds)
                .setting("rounds", rounds)
                .setting("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        dataOptions.describe(report, data);
        stackOptions.describe(report);
        report.finish(figures, out);
    }
}
