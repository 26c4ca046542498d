package io.millrace.benchmarks.vectors;

import static io.millrace.benchmarks.measure.Statistics.median;

import io.millrace.benchmarks.engine.BuildResult;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.SearchSetting;
import io.millrace.benchmarks.measure.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Makes figures of what was measured; of what was not there is none. */
final class VectorFigures {
    /** As a request has it that says nothing about it. */
    static final SearchSetting DEFAULT = new SearchSetting(10, 100, 4);

    private static final List<Integer> PERCENTS = List.of(95, 99);

    private final Map<EngineKind, EngineRounds> engines;
    private final List<Integer> ks;
    private final int rounds;
    private final Figures figures = new Figures();

    VectorFigures(Map<EngineKind, EngineRounds> engines, List<Integer> ks, int rounds) {
        this.engines = engines;
        this.ks = List.copyOf(ks);
        this.rounds = rounds;
    }

    Figures figures() {
        for (int percent : PERCENTS) {
            for (int k : ks) {
                String tail = "_recall" + percent + (k == 10 ? "" : "_k" + k);
                ratio("hnsw_f32_qps_ratio" + tail, EngineKind.HNSW, EngineKind.HNSWLIB, k, percent);
                ratio("hnsw_f32_bare_qps_ratio" + tail, EngineKind.HNSW_BARE, EngineKind.HNSWLIB, k, percent);
                ratio("hnsw_int8_qps_ratio" + tail, EngineKind.HNSW_INT8, EngineKind.HNSWLIB, k, percent);
                ratio("hnsw_int8_state_qps_ratio" + tail, EngineKind.HNSW_INT8_STATE, EngineKind.HNSWLIB, k, percent);
                ratio("hnsw_int8_bare_qps_ratio" + tail, EngineKind.HNSW_INT8_BARE, EngineKind.HNSWLIB, k, percent);
                ratio("hnsw_f32_shard_over_bare" + tail, EngineKind.HNSW, EngineKind.HNSW_BARE, k, percent);
                ratio("lucene_qps_ratio" + tail, EngineKind.HNSW, EngineKind.LUCENE, k, percent);
                ratio("jvector_qps_ratio" + tail, EngineKind.HNSW, EngineKind.JVECTOR, k, percent);
                ratio("hnsw_over_flat_qps_ratio" + tail, EngineKind.HNSW, EngineKind.FLAT, k, percent);
                for (EngineRounds engine : engines.values()) {
                    put(name(engine) + "_qps" + tail, qps(engine, k, percent), "1/s");
                }
            }
        }
        buildRatio("hnsw_build_ratio", EngineKind.HNSW);
        buildRatio("hnsw_bare_build_ratio", EngineKind.HNSW_BARE);
        buildRatio("hnsw_int8_build_ratio", EngineKind.HNSW_INT8);
        reindexRatio("hnsw_reindex_ratio", EngineKind.HNSW);
        reindexRatio("hnsw_int8_reindex_ratio", EngineKind.HNSW_INT8);
        engines.values().forEach(this::ofEngine);
        ofOurs(engines.get(EngineKind.HNSW));
        return figures;
    }

    private static String name(EngineRounds engine) {
        return engine.kind().toString().replace('-', '_');
    }

    private void put(String name, OptionalDouble value, String unit) {
        value.ifPresent(number -> figures.put(name, number, unit));
    }

    private OptionalDouble qps(EngineRounds engine, int k, int percent) {
        List<Double> values = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            engine.qpsAt(k, percent / 100.0, round).ifPresent(values::add);
        }
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(values));
    }

    /** The median of the ratios within the rounds. */
    private void ratio(String name, EngineKind over, EngineKind under, int k, int percent) {
        EngineRounds ours = engines.get(over);
        EngineRounds theirs = engines.get(under);
        if (ours == null || theirs == null) {
            return;
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            OptionalDouble a = ours.qpsAt(k, percent / 100.0, round);
            OptionalDouble b = theirs.qpsAt(k, percent / 100.0, round);
            if (a.isPresent() && b.isPresent()) {
                ratios.add(a.getAsDouble() / b.getAsDouble());
            }
        }
        if (!ratios.isEmpty()) {
            figures.put(name, median(ratios), "x");
        }
    }

    private void buildRatio(String name, EngineKind kind) {
        EngineRounds ours = engines.get(kind);
        EngineRounds theirs = engines.get(EngineKind.HNSWLIB);
        if (ours != null && theirs != null) {
            figures.put(name, theirs.build(BuildResult::cpuSeconds) / ours.build(BuildResult::cpuSeconds), "x");
        }
    }

    private void reindexRatio(String name, EngineKind kind) {
        EngineRounds ours = engines.get(kind);
        EngineRounds theirs = engines.get(EngineKind.HNSWLIB);
        if (ours != null && theirs != null) {
            ours.reindexCpuSeconds()
                    .ifPresent(seconds -> figures.put(name, theirs.build(BuildResult::cpuSeconds) / seconds, "x"));
        }
    }

    private void ofEngine(EngineRounds engine) {
        String name = name(engine);
        figures.put(name + "_build_cpu_s", engine.build(BuildResult::cpuSeconds), "s");
        put(name + "_reindex_cpu_s", engine.reindexCpuSeconds(), "s");
        figures.put(name + "_insert_p50_us", engine.build(BuildResult::insertP50Micros), "us");
        figures.put(name + "_insert_p99_us", engine.build(BuildResult::insertP99Micros), "us");
        figures.put(name + "_bytes_per_vector", engine.build(BuildResult::bytesPerVector), "B");
        put(name + "_restore_vs_rebuild_ratio", engine.rebuildsPerRestore(), "x");
        put(name + "_recall10_at_default", engine.recall(DEFAULT), "share");
    }

    /** The names that stand for our default engine. */
    private void ofOurs(@Nullable EngineRounds ours) {
        if (ours != null) {
            put("recall10_at_default", ours.recall(DEFAULT), "share");
            figures.put("insert_p50_us", ours.build(BuildResult::insertP50Micros), "us");
            figures.put("insert_p99_us", ours.build(BuildResult::insertP99Micros), "us");
            put("restore_vs_rebuild_ratio", ours.rebuildsPerRestore(), "x");
            figures.put("bytes_per_vector", ours.build(BuildResult::bytesPerVector), "B");
        }
    }
}
