package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.StepHead;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What steps are resolved against: the catalog, the request, and the steps resolved before. */
final class PlanScope {
    final Catalog catalog;
    final PlanLimits limits;
    final Map<String, JsonNode> parameters;
    final SearchOptions options;
    /** Epoch ms that {@code last} counts back from. */
    final long nowMs;

    private final PatternReader patterns;
    private final Map<String, Integer> places = new HashMap<>();
    private final Map<String, ResolvedStep> resolved = new HashMap<>();
    private final Map<String, Set<String>> wantedBehind = new HashMap<>();

    PlanScope(
            Catalog catalog,
            PlanLimits limits,
            Map<String, JsonNode> parameters,
            SearchOptions options,
            long nowMs,
            PatternReader patterns) {
        this.patterns = patterns;
        this.catalog = catalog;
        this.limits = limits;
        this.parameters = parameters;
        this.options = options;
        this.nowMs = nowMs;
    }

    /** Returns the pattern in a param; null where it is wrong, which is reported. */
    PatternReader.@Nullable Matched pattern(
            JsonObject params, String name, String text, @Nullable String anchor, @Nullable String collection) {
        List<Problem> problems = new ArrayList<>();
        PatternReader.Matched matched = patterns.read(
                text,
                anchor,
                collection,
                new PatternReader.Place(catalog, parameters, limits.hopsMax(), params.path(name), problems));
        problems.forEach(params::add);
        return matched;
    }

    void place(StepDraft draft) {
        places.putIfAbsent(draft.id(), draft.place());
    }

    boolean exists(String id) {
        return places.containsKey(id);
    }

    Set<String> ids() {
        return new TreeSet<>(places.keySet());
    }

    @Nullable Integer placeOf(String id) {
        return places.get(id);
    }

    void resolved(ResolvedStep step) {
        resolved.put(step.id(), step);
    }

    /** Returns the step, or null where it does not exist or is itself wrong, which is reported elsewhere. */
    @Nullable ResolvedStep step(@Nullable String id) {
        return id == null ? null : resolved.get(id);
    }

    /** Returns the step at a place of the plan, which must have been resolved. */
    ResolvedStep resolvedAt(int place) {
        return resolved.values().stream()
                .filter(step -> step.place() == place)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("step " + place + " is not resolved"));
    }

    void want(String id, Set<String> names) {
        wantedBehind.computeIfAbsent(id, key -> new TreeSet<>()).addAll(names);
    }

    /** Returns the names that the steps and renders behind a step use. */
    Set<String> wantedOf(String id) {
        return wantedBehind.getOrDefault(id, Set.of());
    }

    StepHead head(StepDraft draft, List<Column> columns) {
        List<Integer> dependencies = draft.dependencies().stream()
                .map(reference -> places.getOrDefault(reference.step(), -1))
                .filter(place -> place >= 0)
                .distinct()
                .sorted()
                .toList();
        return new StepHead(draft.id(), dependencies, draft.timeoutMs(), columns);
    }

    RowLimit limit(JsonObject params) {
        Long limit = params.integer("limit", 1, limits.rowsMax());
        return limit == null ? new RowLimit(limits.rowsMax(), false) : new RowLimit(limit.intValue(), true);
    }
}
