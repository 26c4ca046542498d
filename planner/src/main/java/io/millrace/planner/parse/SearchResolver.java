package io.millrace.planner.parse;

import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code vector.search}. The result is {@code id}, {@code score}, and then the projected columns, by default all
 * visible fields but vectors.
 */
final class SearchResolver implements StepResolver {
    static final String SCORE = "score";
    private static final int TOP_K_DEFAULT = 10;
    private static final List<String> ENGINES = Arrays.stream(VectorEngine.values())
            .map(engine -> engine.name().toLowerCase(Locale.ROOT))
            .toList();

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        SearchQuery.checkOne(params);
        int k = params.integer("top_k", 1, scope.limits.topKMax(), TOP_K_DEFAULT);
        Long efSearch = params.integer("ef_search", 1, SearchOptions.EF_SEARCH_MAX);
        Double alpha = params.number("alpha", 1, SearchOptions.ALPHA_MAX);
        Boolean exact = params.bool("exact");
        Metric asked = metric(params);
        VectorEngine engine = engine(params);
        SearchTarget target = SearchTarget.find(params, scope.catalog, new SearchTarget.Wanted(asked, engine));
        TimeRange timeRange = TimeRanges.parse(
                params,
                scope.nowMs,
                target == null ? null : target.fields().schema().retentionMs());
        if (target == null) {
            List.of("filter", "project", "match", "not_match", "anchor", "strategy", "fusion")
                    .forEach(params::take);
            params.finish();
            return null;
        }
        VectorIndexDefinition index = target.index();
        Metric metric = asked != null ? asked : index != null ? index.metric() : Metric.L2;
        SearchQuery query = SearchQuery.parse(params, target, metric, scope);
        FieldTypes types = target.fields().types();
        Predicate filter =
                new FilterParser(types, draft.problems()).parse(params.take("filter"), params.path("filter"));
        List<String> projected = Selections.project(params, types);
        MatchParams match =
                MatchParams.parse(params, k, target.fields().schema().name(), scope);
        params.finish();
        if (!draft.problems().isEmpty() || query == null) {
            return null;
        }
        boolean all = Boolean.TRUE.equals(exact) || engine == VectorEngine.FLAT;
        boolean otherEngine = !all && index != null && engine != null && index.engine() != engine;
        VectorIndexDefinition used = index != null && index.metric() == metric && !otherEngine ? index : null;
        String reason = otherEngine ? "engine_differs" : reason(index, used, all);
        ShardColumns shardColumns = new ShardColumns(target.fields(), 2);
        Output output = output(draft, target, params.has("project") ? projected : null, shardColumns);
        SearchVectors search = new SearchVectors(
                ScanResolver.selection(target.fields(), timeRange, filter),
                target.field().name(),
                used == null ? null : used.id(),
                metric,
                query.vector(),
                k,
                shardColumns.fetch(),
                used == null || all,
                scope.options.efSearch(efSearch, index),
                scope.options.alpha(alpha, index));
        Step.VectorSearch step = new Step.VectorSearch(
                scope.head(draft, output.columns),
                target.fields().schema().name(),
                used == null ? null : used.name(),
                reason,
                search,
                query.later(),
                output.places);
        return new ResolvedStep(draft.place(), match.step(step, scope.options.strategy()), Set.of());
    }

    /** Why every row will be scored; null where the index may preselect. */
    private static @Nullable String reason(
            @Nullable VectorIndexDefinition index, @Nullable VectorIndexDefinition used, boolean exact) {
        if (used == null) {
            return index == null ? "no_index" : "metric_differs";
        }
        return exact ? "asked" : used.engine() == VectorEngine.FLAT ? "flat" : null;
    }

    /** Returns the engine that the sender wants; flat scores everything. */
    private static @Nullable VectorEngine engine(JsonObject params) {
        String name = Selections.choice(params, "engine", ENGINES);
        return name == null ? null : VectorEngine.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static @Nullable Metric metric(JsonObject params) {
        String name = params.string("metric");
        if (name == null) {
            return null;
        }
        Metric metric = Metric.parse(name).orElse(null);
        if (metric == null) {
            List<String> allowed = List.of("l2", "cosine", "ip");
            params.add(Problem.at(
                            ErrorCode.INVALID_METRIC,
                            params.path("metric"),
                            "unknown metric \"" + JsonObject.shortened(name) + "\"")
                    .withAllowed(allowed)
                    .withNearest(Nearest.of(name, allowed)));
        }
        return metric;
    }

    private static Output output(
            StepDraft draft, SearchTarget target, @Nullable List<String> projected, ShardColumns shardColumns) {
        CollectionFields fields = target.fields();
        ColumnNames names = new ColumnNames();
        List<Integer> places = new ArrayList<>();
        Column id = fields.idColumn();
        names.add(id.name(), id.type(), draft.id());
        places.add(shardColumns.place(id.name()));
        names.add(SCORE, ValueType.DOUBLE, draft.id());
        places.add(1);
        FieldTypes types = fields.types();
        List<String> rest = projected != null
                ? projected
                : fields.defaultColumns().stream().map(Column::name).toList();
        for (String name : rest) {
            ValueType type = types.type(name);
            if (!name.equals(id.name()) && type != null) {
                names.add(name, type, draft.id());
                places.add(shardColumns.place(name));
            }
        }
        return new Output(names.list(), places);
    }

    private record Output(List<Column> columns, List<Integer> places) {}
}
