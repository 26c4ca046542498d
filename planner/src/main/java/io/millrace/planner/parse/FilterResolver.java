package io.millrace.planner.parse;

import io.millrace.planner.plan.Condition;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code compute.filter}. Without {@code project} the result has the columns of the input and, for an inner or
 * left join, those of the joined step but its keys; a name that is taken gets the step in front, as in
 * {@code s3.count}. A semi or anti join only asks whether there is a match: joined columns cannot be named.
 */
final class FilterResolver implements StepResolver {
    private static final List<String> JOIN_TYPES = List.of("inner", "left", "semi", "anti");

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        String inputId = params.requiredString("input");
        String joinId = params.string("join");
        String condition = params.string("condition");
        String typeName = Selections.choice(params, "join_type", JOIN_TYPES);
        JoinType type = typeName == null ? JoinType.LEFT : JoinType.valueOf(typeName.toUpperCase(Locale.ROOT));
        List<String> keys = joinKeys(params, joinId);
        RowLimit limit = scope.limit(params);
        List<SortKey> orderBy = Selections.orderBy(params);
        List<String> projected = params.strings("project");
        if (condition == null && joinId == null) {
            params.add(ErrorCode.INVALID_PLAN, "condition", "\"condition\" or \"join\" is missing");
        }
        if (params.has("project") && projected.isEmpty()) {
            params.add(ErrorCode.INVALID_VALUE, "project", "\"project\" must name a column");
        }
        params.finish();
        ResolvedStep input = scope.step(inputId);
        ResolvedStep joined = scope.step(joinId);
        boolean pairs = type == JoinType.INNER || type == JoinType.LEFT;
        ColumnScope columns = input == null || (joinId != null && joined == null)
                ? null
                : new ColumnScope(input, pairs ? joined : null);
        Condition parsed = condition == null
                ? null
                : new ConditionReader(scope.parameters, draft.problems(), params.path("condition"))
                        .parse(condition, columns);
        if (input == null || columns == null) {
            return null;
        }
        Join join = joined == null ? null : join(params, input, joined, type, keys);
        Output output = params.has("project")
                ? Output.projected(params, columns, projected)
                : Output.all(columns, join, draft.id());
        List<OrderKey> order = order(params, columns, orderBy);
        if (!draft.problems().isEmpty()) {
            return null;
        }
        Step step = new Step.ComputeFilter(
                scope.head(draft, output.columns), input.place(), join, parsed, output.places, order, limit);
        Set<Integer> counts = new TreeSet<>();
        for (int i = 0; i < output.places.size(); i++) {
            if (columns.isCount(output.places.get(i))) {
                counts.add(i);
            }
        }
        return new ResolvedStep(draft.place(), step, counts);
    }

    private static List<String> joinKeys(JsonObject params, @Nullable String joinId) {
        List<String> keys = params.strings("join_key");
        if (joinId != null && keys.isEmpty()) {
            params.add(ErrorCode.INVALID_PLAN, "join_key", "\"join_key\" is missing");
        }
        if (joinId == null) {
            for (String name : List.of("join_key", "join_type")) {
                if (params.has(name)) {
                    params.add(ErrorCode.INVALID_PLAN, name, "\"" + name + "\" has no meaning without \"join\"");
                }
            }
        }
        return keys;
    }

    private static Join join(
            JsonObject params, ResolvedStep input, ResolvedStep joined, JoinType type, List<String> keys) {
        List<Integer> inputKeys = new ArrayList<>();
        List<Integer> joinedKeys = new ArrayList<>();
        for (String key : keys) {
            int left = key(params, input, key);
            int right = key(params, joined, key);
            if (left >= 0 && right >= 0) {
                checkComparable(
                        params,
                        key,
                        input.columns().get(left).type(),
                        joined.columns().get(right).type());
                inputKeys.add(left);
                joinedKeys.add(right);
            }
        }
        return new Join(joined.place(), type, inputKeys, joinedKeys);
    }

    private static int key(JsonObject params, ResolvedStep step, String key) {
        int place = step.columnIndex(key);
        if (place < 0) {
            params.add(new ColumnScope(step, null).unknown(key, params.path("join_key")));
        }
        return place;
    }

    private static void checkComparable(JsonObject params, String key, ValueType left, ValueType right) {
        if (left != right && !(left.isNumeric() && right.isNumeric())) {
            params.add(
                    ErrorCode.INVALID_TYPE,
                    "join_key",
                    "column \"" + key + "\" is a " + left + " on one side and a " + right + " on the other");
        }
    }

    private static List<OrderKey> order(JsonObject params, ColumnScope columns, List<SortKey> orderBy) {
        List<OrderKey> keys = new ArrayList<>();
        for (SortKey key : orderBy) {
            int place = columns.find(key.column());
            if (place < 0) {
                params.add(columns.unknown(key.column(), params.path("order_by")));
            } else {
                keys.add(new OrderKey(place, key.descending()));
            }
        }
        return keys;
    }

    /** The columns of the result, and their places in the row of both. */
    private record Output(List<Column> columns, List<Integer> places) {
        static Output all(ColumnScope scope, @Nullable Join join, String id) {
            ColumnNames names = new ColumnNames();
            List<Integer> places = new ArrayList<>();
            int inputs = scope.input().columns().size();
            names.addAll(scope.input().columns(), id);
            for (int i = 0; i < inputs; i++) {
                places.add(i);
            }
            ResolvedStep joined = scope.joined();
            for (int i = 0;
                    joined != null && join != null && i < joined.columns().size();
                    i++) {
                if (!join.joinedKeys().contains(i)) {
                    Column column = joined.columns().get(i);
                    names.add(column.name(), column.type(), joined.id());
                    places.add(inputs + i);
                }
            }
            return new Output(names.list(), places);
        }

        static Output projected(JsonObject params, ColumnScope scope, List<String> projected) {
            List<Column> columns = new ArrayList<>();
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < projected.size(); i++) {
                String name = projected.get(i);
                String path = params.path("project") + "[" + i + "]";
                int place = scope.find(name);
                if (place < 0) {
                    params.add(scope.unknown(name, path));
                } else if (projected.indexOf(name) < i) {
                    params.add(Problem.at(ErrorCode.INVALID_FIELD, path, "column \"" + name + "\" is projected twice"));
                } else {
                    columns.add(new Column(name, scope.column(place).type()));
                    places.add(place);
                }
            }
            return new Output(columns, places);
        }
    }
}
