package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Resolves {@code compute.aggregate}: group columns under their names, then one column a metric. */
public final class AggregateResolver implements StepResolver {
    public static final List<String> FUNCTIONS = Arrays.stream(AggregateFunction.values())
            .map(function -> function.name().toLowerCase(Locale.ROOT))
            .toList();

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        ResolvedStep input = scope.step(params.requiredString("input"));
        List<String> groupBy = params.strings("group_by");
        List<MetricDraft> metrics = metrics(params, draft.problems());
        List<SortKey> orderBy = Selections.orderBy(params);
        RowLimit limit = scope.limit(params);
        params.finish();
        if (input == null) {
            return null;
        }
        ColumnScope columns = new ColumnScope(input, null);
        Output output = new Output();
        groupBy.forEach(name -> addGroup(params, columns, name, output));
        metrics.forEach(metric -> addMetric(params, columns, metric, output));
        List<OrderKey> order = output.order(params, orderBy);
        if (!draft.problems().isEmpty()) {
            return null;
        }
        Step step = new Step.ComputeAggregate(
                scope.head(draft, output.columns),
                input.place(),
                output.groups,
                output.aggregates,
                input.columnIndex(FragmentOperation.TIMESTAMP),
                input.columnIndex(FragmentOperation.ID),
                order,
                limit);
        return new ResolvedStep(draft.place(), step, output.counts);
    }

    private static List<MetricDraft> metrics(JsonObject params, List<Problem> problems) {
        JsonNode node = params.take("metrics");
        if (node == null) {
            return List.of(new MetricDraft(AggregateFunction.COUNT, null, null, params.path("metrics")));
        }
        if (!node.isArray() || node.isEmpty()) {
            params.wrongType("metrics", "an array of metrics", node);
            return List.of();
        }
        List<MetricDraft> metrics = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            JsonObject metric = new JsonObject(node.get(i), params.path("metrics") + "[" + i + "]", problems);
            String field = metric.string("field");
            String as = metric.string("as");
            String function = Selections.choice(metric, "agg", FUNCTIONS);
            if (!metric.has("agg") && metric.isObject()) {
                metric.add(Problem.at(ErrorCode.INVALID_PLAN, metric.path("agg"), "\"agg\" is missing")
                        .withAllowed(FUNCTIONS));
            }
            metric.finish();
            if (function != null) {
                AggregateFunction of = AggregateFunction.valueOf(function.toUpperCase(Locale.ROOT));
                metrics.add(new MetricDraft(of, field, as, metric.path()));
            }
        }
        return metrics;
    }

    private static void addGroup(JsonObject params, ColumnScope columns, String name, Output output) {
        int place = columns.find(name);
        if (place < 0) {
            params.add(columns.unknown(name, params.path("group_by")));
            return;
        }
        ValueType type = columns.column(place).type();
        if (type == ValueType.VECTOR) {
            params.add(ErrorCode.INVALID_TYPE, "group_by", "rows cannot be grouped by the VECTOR \"" + name + "\"");
        }
        output.groups.add(place);
        if (columns.isCount(place)) {
            output.counts.add(output.columns.size());
        }
        output.add(params, new Column(name, type), params.path("group_by"));
    }

    private static void addMetric(JsonObject params, ColumnScope columns, MetricDraft metric, Output output) {
        String field = metric.field;
        int place = field == null ? -1 : columns.find(field);
        if (field != null && place < 0) {
            params.add(columns.unknown(field, JsonObject.child(metric.path, "field")));
            return;
        }
        if (field == null && metric.function != AggregateFunction.COUNT) {
            params.add(Problem.at(
                    ErrorCode.INVALID_PLAN,
                    JsonObject.child(metric.path, "field"),
                    "\"field\" is missing: only count works without"));
            return;
        }
        ValueType input = place < 0 ? ValueType.INT : columns.column(place).type();
        ValueType type = typeOf(metric.function, input);
        if (type == null) {
            params.add(Problem.at(
                    ErrorCode.INVALID_TYPE,
                    JsonObject.child(metric.path, "field"),
                    metric.name() + " cannot be computed of a " + input));
            return;
        }
        output.aggregates.add(new Aggregate(metric.function, place));
        if (metric.function == AggregateFunction.COUNT || metric.function == AggregateFunction.COUNT_DISTINCT) {
            output.counts.add(output.columns.size());
        }
        output.add(params, new Column(metric.name(), type), metric.path);
    }

    public static @Nullable ValueType typeOf(AggregateFunction function, ValueType input) {
        boolean number = input == ValueType.INT || input == ValueType.DOUBLE;
        boolean ordered = input != ValueType.VECTOR && input != ValueType.JSON;
        return switch (function) {
            case COUNT, COUNT_DISTINCT -> ValueType.INT;
            case SUM -> number ? input : null;
            case AVG -> number ? ValueType.DOUBLE : null;
            case MIN, MAX -> ordered ? input : null;
            case FIRST, LAST -> input;
        };
    }

    private record MetricDraft(
            AggregateFunction function,
            @Nullable String field,
            @Nullable String as,
            String path) {
        String name() {
            String agg = function.name().toLowerCase(Locale.ROOT);
            return as != null ? as : field == null ? agg : agg + "_" + field;
        }
    }

    private static final class Output {
        final List<Column> columns = new ArrayList<>();
        final List<Integer> groups = new ArrayList<>();
        final List<Aggregate> aggregates = new ArrayList<>();
        final Set<Integer> counts = new TreeSet<>();
        private final Set<String> names = new HashSet<>();

        void add(JsonObject params, Column column, String path) {
            if (!names.add(column.name())) {
                params.add(Problem.at(
                        ErrorCode.INVALID_NAME,
                        path,
                        "column \"" + column.name() + "\" is there twice: name it by \"as\""));
            }
            columns.add(column);
        }

        List<OrderKey> order(JsonObject params, List<SortKey> orderBy) {
            List<String> known = columns.stream().map(Column::name).toList();
            List<OrderKey> order = new ArrayList<>();
            for (SortKey key : orderBy) {
                int place = known.indexOf(key.column());
                if (place < 0) {
                    params.add(Problem.at(
                                    ErrorCode.NOT_FOUND_FIELD,
                                    params.path("order_by"),
                                    "the groups have no column \"" + JsonObject.shortened(key.column()) + "\"")
                            .withAllowed(known)
                            .withNearest(Nearest.of(key.column(), known)));
                }
                order.add(new OrderKey(place, key.descending()));
            }
            return order;
        }
    }
}
