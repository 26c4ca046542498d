package io.millrace.benchmarks.vectors;

import static io.millrace.benchmarks.measure.Report.say;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineProcess;
import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.measure.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures vector engines side by side. */
@Command(
        name = "vectors",
        description = {
            "Measures our vector engines, as requests use them and bare, against hnswlib-core, JVector and Lucene: build,"
                    + " memory, recall and speed over a grid of beams, inserts, restore.",
            "Each engine has a process of its own, and they are asked in turn."
        },
        mixinStandardHelpOptions = true)
public final class VectorsCommand implements Callable<Integer> {
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
    private LaunchOptions launch;

    @Mixin
    private Report report;

    @Option(
            names = "--k",
            split = ",",
            description = "Results asked for (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private List<Integer> ks = List.of();

    @Option(
            names = "--engines",
            split = ",",
            description = "Of hnsw, hnswlib, flat, jvector, lucene (default: ${DEFAULT-VALUE}).",
            defaultValue = "hnsw,hnswlib,flat")
    private List<String> engines = List.of();

    @Option(
            names = "--quantization",
            split = ",",
            description = "Of our graph: none, int8 (default: ${DEFAULT-VALUE}).",
            defaultValue = "none,int8")
    private List<String> quantizations = List.of();

    @Option(
            names = "--only",
            split = ",",
            description = "Of what these options choose, only these lines, such as hnsw-int8-state.")
    private List<String> only = List.of();

    @Option(names = "--m", description = "Links a node (default: ${DEFAULT-VALUE}).", defaultValue = "16")
    private int m;

    @Option(
            names = "--ef-construction",
            description = "Beam at insert (default: ${DEFAULT-VALUE}).",
            defaultValue = "200")
    private int efConstruction;

    @Option(names = "--builds", description = "Builds of each (default: ${DEFAULT-VALUE}).", defaultValue = "1")
    private int builds;

    @Option(names = "--rounds", description = "Rounds of searches (default: ${DEFAULT-VALUE}).", defaultValue = "3")
    private int rounds;

    @Option(
            names = "--passes",
            description = "Times a query is asked in a round at each beam; its least time counts"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "4")
    private int passes;

    @Option(
            names = "--state",
            description = "Where shards keep their state: rocksdb or heap (default: ${DEFAULT-VALUE}).",
            defaultValue = "rocksdb")
    private String state = "rocksdb";

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Dataset data = dataOptions.load(ks.stream().mapToInt(k -> k).max().orElse(10), truth);
        Path folder = Files.createTempDirectory("millrace-bench-vectors");
        List<EngineProcess> processes = new ArrayList<>();
        try {
            data.write(folder);
            for (EngineKind kind : kinds()) {
                processes.add(launch.start(kind, folder, engineSpec(kind, data)));
            }
            say(out, "%s, load %.1f", data.name(), load());
            VectorRun run = new VectorRun(processes, out);
            run.build(builds);
            for (int round = 1; round <= rounds; round++) {
                run.search(round, ks, passes);
                say(out, "round %d of %d done, load %.1f", round, rounds, load());
            }
            run.restore();
            run.reindex();
            run.printTable(ks);
            finish(data, run, out);
        } finally {
            processes.forEach(EngineProcess::close);
            delete(folder);
        }
        return 0;
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private EngineSpec engineSpec(EngineKind kind, Dataset data) {
        if (!state.equals("rocksdb") && !state.equals("heap")) {
            throw new IllegalArgumentException("--state must be rocksdb or heap, got " + state);
        }
        return new EngineSpec(kind, data.metric(), data.dimension(), m, efConstruction, state.equals("heap"));
    }

    private List<EngineKind> kinds() {
        return Arrays.stream(EngineKind.values())
                .filter(kind -> engines.contains(kind.family()))
                .filter(kind ->
                        !kind.family().equals("hnsw") || quantizations.contains(kind.isQuantized() ? "int8" : "none"))
                .filter(kind -> only.isEmpty() || only.contains(kind.toString()))
                .toList();
    }

    private void finish(Dataset data, VectorRun run, PrintWriter out) throws IOException {
        report.setting("benchmark", "vectors")
                .setting("m", m)
                .setting("ef_construction", efConstruction)
                .setting("k", ks)
                .setting("engines", kinds().toString())
                .setting("builds", builds)
                .setting("rounds", rounds)
                .setting("passes", passes)
                .setting("state", state)
                .setting("load", load());
        dataOptions.describe(report, data);
        launch.describe(report);
        report.machine(Map.of()).finish(new VectorFigures(run.results(), ks, rounds).figures(), out);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
