package io.millrace.planner.parse;

import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Resolves {@code compute.timeline}: the columns are {@code bucket} and the metric. */
final class TimelineResolver implements StepResolver {
    /** The column that says when a span begins. */
    static final String BUCKET = "bucket";

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        ResolvedStep input = scope.step(params.requiredString("input"));
        TimeBucket bucket = bucket(params);
        String named = params.string("time_field");
        String field = params.string("field");
        String metric = Selections.choice(params, "metric", AggregateResolver.FUNCTIONS);
        String as = params.string("as");
        RowLimit limit = scope.limit(params);
        params.finish();
        AggregateFunction function =
                metric == null ? AggregateFunction.COUNT : AggregateFunction.valueOf(metric.toUpperCase(Locale.ROOT));
        if (field == null && function != AggregateFunction.COUNT) {
            params.add(ErrorCode.INVALID_PLAN, "field", "\"field\" is missing: only count works without");
        }
        if (input == null || bucket == null) {
            return null;
        }
        ColumnScope columns = new ColumnScope(input, null);
        int time = time(params, columns, named == null ? FragmentOperation.TIMESTAMP : named);
        int measured = field == null ? -1 : find(params, columns, field, "field");
        ValueType of = measured < 0 ? ValueType.INT : columns.column(measured).type();
        ValueType type = AggregateResolver.typeOf(function, of);
        if (type == null) {
            params.add(ErrorCode.INVALID_TYPE, "field", metric + " cannot be computed of a " + of);
        }
        if (type == null || !draft.problems().isEmpty()) {
            return null;
        }
        String name = as != null ? as : name(function, field);
        Step step = new Step.ComputeTimeline(
                scope.head(draft, List.of(new Column(BUCKET, ValueType.TIMESTAMP), new Column(name, type))),
                input.place(),
                time,
                input.columnIndex(FragmentOperation.ID),
                bucket,
                new Aggregate(function, measured),
                limit);
        boolean counts = function == AggregateFunction.COUNT || function == AggregateFunction.COUNT_DISTINCT;
        return new ResolvedStep(draft.place(), step, counts ? Set.of(1) : Set.of());
    }

    private static String name(AggregateFunction function, @Nullable String field) {
        String text = function.name().toLowerCase(Locale.ROOT);
        return field == null ? text : text + "_" + field;
    }

    private static @Nullable TimeBucket bucket(JsonObject params) {
        String text = params.requiredString("bucket");
        TimeBucket bucket = text == null ? null : TimeBucket.of(text);
        if (text != null && bucket == null) {
            params.add(Problem.at(
                            ErrorCode.INVALID_VALUE,
                            params.path("bucket"),
                            "unknown bucket \"" + JsonObject.shortened(text) + "\"")
                    .withAllowed(TimeBucket.texts()));
        }
        return bucket;
    }

    private static int time(JsonObject params, ColumnScope columns, String name) {
        int place = find(params, columns, name, "time_field");
        if (place >= 0 && columns.column(place).type() != ValueType.TIMESTAMP) {
            params.add(
                    ErrorCode.INVALID_TYPE,
                    "time_field",
                    "column \"" + name + "\" is a " + columns.column(place).type() + ", not a TIMESTAMP");
        }
        return place;
    }

    private static int find(JsonObject params, ColumnScope columns, String name, String param) {
        int place = columns.find(name);
        if (place < 0) {
            params.add(columns.unknown(name, params.path(param)));
        }
        return place;
    }
}
