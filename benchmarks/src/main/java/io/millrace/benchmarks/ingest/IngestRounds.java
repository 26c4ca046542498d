package io.millrace.benchmarks.ingest;

import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.measure.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the rounds brought, by name, and the figures made of it: medians over the rounds. */
final class IngestRounds {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();
    private final Map<String, String> units = new LinkedHashMap<>();

    /** Notes what a round brought for a figure. */
    void add(String figure, double value, String unit) {
        values.computeIfAbsent(figure, name -> new ArrayList<>()).add(value);
        units.put(figure, unit);
    }

    /** Notes the speed of the job and of its peer in one round. */
    void addSpeed(String what, Intake ours, Intake peer) {
        int cores = Runtime.getRuntime().availableProcessors();
        add(what + "_per_s", ours.perSecond(), "1/s");
        add(what + "_per_s_core", ours.perSecond() / cores, "1/s");
        add(what + "_ratio", ours.perSecond() / peer.perSecond(), "x");
        add(what + "_cpu_us", ours.cpuMicros(), "us");
        add(what + "_cpu_ratio", peer.cpuMicros() / ours.cpuMicros(), "x");
        add(what + "_bare_per_s", peer.perSecond(), "1/s");
        add(what + "_bare_cpu_us", peer.cpuMicros(), "us");
    }

    Figures figures() {
        Figures figures = new Figures();
        values.forEach((name, each) -> figures.put(name, median(each), String.valueOf(units.get(name))));
        return figures;
    }
}
