package io.millrace.benchmarks.vectors;

import io.millrace.benchmarks.engine.BuildResult;
import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.ReindexResult;
import io.millrace.benchmarks.engine.RestoreResult;
import io.millrace.benchmarks.engine.SearchResult;
import io.millrace.benchmarks.engine.SearchSetting;
import io.millrace.benchmarks.measure.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was measured of one engine. */
final class EngineRounds {
    private final EngineKind kind;
    private final List<BuildResult> builds = new ArrayList<>();
    private final Map<SearchSetting, List<SearchResult>> searches = new LinkedHashMap<>();
    private @Nullable RestoreResult restore;
    private @Nullable ReindexResult reindex;

    EngineRounds(EngineKind kind) {
        this.kind = kind;
    }

    EngineKind kind() {
        return kind;
    }

    void add(BuildResult build) {
        builds.add(build);
    }

    void add(SearchSetting setting, SearchResult result) {
        searches.computeIfAbsent(setting, ignored -> new ArrayList<>()).add(result);
    }

    void set(RestoreResult result) {
        restore = result;
    }

    void set(ReindexResult result) {
        reindex = result;
    }

    /** Returns what making the index anew from the rows took, s of processor; nothing if that was not measured. */
    OptionalDouble reindexCpuSeconds() {
        return reindex == null ? OptionalDouble.empty() : OptionalDouble.of(reindex.cpuSeconds());
    }

    double build(ToDoubleFunction<BuildResult> value) {
        return Statistics.median(builds.stream().map(value::applyAsDouble).toList());
    }

    /** Returns how often a build is as long as reading back what was built; nothing if it is not kept. */
    OptionalDouble rebuildsPerRestore() {
        return restore == null || !restore.kept()
                ? OptionalDouble.empty()
                : OptionalDouble.of(build(BuildResult::cpuSeconds) / restore.cpuSeconds());
    }

    @Nullable RestoreResult restored() {
        return restore;
    }

    /** Returns the recall at a setting, which is the same in all rounds; nothing if that was not measured. */
    OptionalDouble recall(SearchSetting setting) {
        List<SearchResult> results = searches.getOrDefault(setting, List.of());
        return results.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(results.get(0).recall());
    }

    double qps(SearchSetting setting) {
        return Statistics.median(searches.getOrDefault(setting, List.of()).stream()
                .map(SearchResult::qps)
                .toList());
    }

    List<SearchSetting> settings(int k) {
        return searches.keySet().stream().filter(setting -> setting.k() == k).toList();
    }

    /** Returns the speed at a recall in one round, with the best alpha. */
    OptionalDouble qpsAt(int k, double recall, int round) {
        Map<Double, List<SearchSetting>> byAlpha =
                settings(k).stream().collect(Collectors.groupingBy(SearchSetting::alpha));
        return byAlpha.values().stream()
                .map(settings -> curve(settings, round).qpsAt(recall))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .max();
    }

    private Curve curve(List<SearchSetting> settings, int round) {
        Curve curve = new Curve();
        for (SearchSetting setting : settings) {
            List<SearchResult> results = searches.getOrDefault(setting, List.of());
            if (round < results.size()) {
                curve.add(results.get(round).recall(), results.get(round).qps());
            }
        }
        return curve;
    }
}
