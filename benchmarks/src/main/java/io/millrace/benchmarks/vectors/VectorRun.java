package io.millrace.benchmarks.vectors;

import static io.millrace.benchmarks.measure.Report.say;

import io.millrace.benchmarks.engine.BuildResult;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineProcess;
import io.millrace.benchmarks.engine.ReindexResult;
import io.millrace.benchmarks.engine.RestoreResult;
import io.millrace.benchmarks.engine.SearchSetting;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Asks the engines in turn: builds, then rounds of searches, then restores. */
final class VectorRun {
    private static final int[] EF = {10, 15, 20, 30, 40, 60, 80, 100, 120, 160, 240, 320, 480, 640};

    /** From here on a larger beam tells nothing that is asked. */
    private static final double RECALL_ENOUGH = 0.993;

    private final List<EngineProcess> processes;
    private final Map<EngineKind, EngineRounds> results = new EnumMap<>(EngineKind.class);
    private final PrintWriter out;

    VectorRun(List<EngineProcess> processes, PrintWriter out) {
        this.processes = List.copyOf(processes);
        this.out = out;
        processes.forEach(process -> results.put(process.kind(), new EngineRounds(process.kind())));
    }

    Map<EngineKind, EngineRounds> results() {
        return results;
    }

    private EngineRounds rounds(EngineProcess process) {
        return results.computeIfAbsent(process.kind(), EngineRounds::new);
    }

    void build(int times) {
        processes.forEach(EngineProcess::warmUp);
        for (int time = 1; time <= times; time++) {
            for (EngineProcess process : turn(time)) {
                BuildResult built = process.build();
                rounds(process).add(built);
                say(
                        out,
                        "build %d  %-16s %8.2f s cpu %8.2f s  insert p50 %7.1f p99 %8.1f us  %6.0f B/vector",
                        time,
                        process.kind(),
                        built.cpuSeconds(),
                        built.wallSeconds(),
                        built.insertP50Micros(),
                        built.insertP99Micros(),
                        built.bytesPerVector());
            }
        }
    }

    /** Returns the engines, another one first from turn to turn. */
    private List<EngineProcess> turn(int number) {
        List<EngineProcess> order = new ArrayList<>(processes);
        Collections.rotate(order, number);
        return order;
    }

    void search(int round, List<Integer> ks, int passes) {
        for (int k : ks) {
            for (int ef : EF) {
                for (EngineProcess process : turn(round)) {
                    for (double alpha : alphas(process.kind())) {
                        SearchSetting setting = new SearchSetting(k, ef, alpha);
                        if (isWorth(process.kind(), setting) && !isBeyond(rounds(process), setting, round)) {
                            rounds(process).add(setting, process.search(setting, passes));
                        }
                    }
                }
            }
        }
        for (EngineProcess process : turn(round)) {
            if (process.kind().throughShard() && !process.kind().isExact()) {
                rounds(process).add(VectorFigures.DEFAULT, process.search(VectorFigures.DEFAULT, passes));
            }
        }
    }

    private static double[] alphas(EngineKind kind) {
        return kind.isQuantized() ? new double[] {1, 1.5, 2, 3} : new double[] {1};
    }

    /** Beams below k are k; an engine that scores everything has none. */
    private static boolean isWorth(EngineKind kind, SearchSetting setting) {
        if (kind.isExact()) {
            return setting.ef() == EF[0];
        }
        return setting.ef() >= setting.window();
    }

    /** Returns whether a smaller beam was enough already, in this round. */
    private static boolean isBeyond(EngineRounds engine, SearchSetting setting, int round) {
        return engine.settings(setting.k()).stream()
                .filter(other -> other.alpha() == setting.alpha() && other.ef() < setting.ef())
                .anyMatch(other -> engine.recall(other).orElse(0) >= RECALL_ENOUGH);
    }

    void restore() {
        for (EngineProcess process : processes) {
            RestoreResult restored = process.restore();
            rounds(process).set(restored);
            if (restored.kept()) {
                say(
                        out,
                        "restore  %-16s %8.3f s cpu %8.3f s",
                        process.kind(),
                        restored.cpuSeconds(),
                        restored.wallSeconds());
            }
        }
    }

    /** Comes behind the restores, for it replaces what they read back. */
    void reindex() {
        for (EngineProcess process : processes) {
            ReindexResult reindexed = process.reindex();
            if (reindexed.done()) {
                rounds(process).set(reindexed);
                say(
                        out,
                        "reindex  %-16s %8.2f s cpu %8.2f s",
                        process.kind(),
                        reindexed.cpuSeconds(),
                        reindexed.wallSeconds());
            }
        }
    }

    void printTable(List<Integer> ks) {
        for (int k : ks) {
            for (EngineRounds engine : results.values()) {
                for (SearchSetting setting : engine.settings(k)) {
                    say(
                            out,
                            "k %3d  %-16s ef %4d  alpha %3.1f  recall %.4f  %9.0f queries/s",
                            k,
                            engine.kind(),
                            setting.ef(),
                            setting.alpha(),
                            engine.recall(setting).orElse(0),
                            engine.qps(setting));
                }
            }
        }
    }
}
