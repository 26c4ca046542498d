package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code compute.fuse}. The result has the key, under the name that the first list has for it, then
 * {@code score}, then every other column of the lists, each from the first list that has the row and the column.
 */
final class FuseResolver implements StepResolver {
    private static final String SCORE = "score";
    private static final int LISTS_MIN = 2;
    private static final int LISTS_MAX = 10;

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        List<String> inputs = inputs(params);
        List<String> keys = perList(params, "key", FragmentOperation.ID, inputs.size());
        List<String> scores = perList(params, SCORE, SCORE, inputs.size());
        boolean scoresNamed = params.has(SCORE);
        RowLimit limit = scope.limit(params);
        Fusion fusion = FusionParams.read(params, limit.asked() ? limit.rows() : 1, "limit", scope.limits.rowsMax());
        List<Double> weights = weights(params, fusion.method(), inputs.size());
        params.finish();
        List<ResolvedStep> steps = new ArrayList<>();
        inputs.forEach(id -> {
            ResolvedStep step = scope.step(id);
            if (step != null) {
                steps.add(step);
            }
        });
        if (steps.size() < inputs.size() || !draft.problems().isEmpty()) {
            return null;
        }
        List<FusedList> lists = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            int score = score(params, fusion.method(), steps.get(i), scores.get(i), scoresNamed);
            lists.add(new FusedList(
                    steps.get(i).place(),
                    column(params, steps.get(i), keys.get(i), "key"),
                    score,
                    score >= 0 && isDistance(scope, steps.get(i), score),
                    weights.get(i)));
        }
        checkKeys(params, steps, lists);
        return draft.problems().isEmpty() ? step(draft, scope, steps, lists, fusion, limit) : null;
    }

    private static ResolvedStep step(
            StepDraft draft,
            PlanScope scope,
            List<ResolvedStep> steps,
            List<FusedList> lists,
            Fusion fusion,
            RowLimit limit) {
        Column key = steps.get(0).columns().get(lists.get(0).keyColumn());
        List<Column> columns = new ArrayList<>(List.of(key, new Column(SCORE, ValueType.DOUBLE)));
        Map<Column, List<Integer>> carried = carried(steps, lists, key.name());
        columns.addAll(carried.keySet());
        Step step =
                new Step.ComputeFuse(scope.head(draft, columns), lists, fusion, List.copyOf(carried.values()), limit);
        return new ResolvedStep(draft.place(), step, Set.of());
    }

    /** Columns of one name but of different types are that of the first list alone. */
    private static Map<Column, List<Integer>> carried(List<ResolvedStep> steps, List<FusedList> lists, String key) {
        Map<String, Column> byName = new LinkedHashMap<>();
        Map<Column, List<Integer>> carried = new LinkedHashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            List<Column> columns = steps.get(i).columns();
            for (int place = 0; place < columns.size(); place++) {
                Column column = columns.get(place);
                boolean own = place == lists.get(i).keyColumn()
                        || place == lists.get(i).scoreColumn();
                if (!own && !column.name().equals(key) && !column.name().equals(SCORE)) {
                    Column first = byName.computeIfAbsent(column.name(), name -> column);
                    if (first.equals(column)) {
                        carried.computeIfAbsent(column, none -> new ArrayList<>(Collections.nCopies(steps.size(), -1)))
                                .set(i, place);
                    }
                }
            }
        }
        return carried;
    }

    private static List<String> inputs(JsonObject params) {
        List<String> inputs = params.strings("input");
        if (inputs.size() < LISTS_MIN || inputs.size() > LISTS_MAX) {
            params.add(
                    ErrorCode.INVALID_PLAN,
                    "input",
                    "\"input\" must name " + LISTS_MIN + " to " + LISTS_MAX + " steps, got " + inputs.size());
        }
        return inputs;
    }

    /** Returns a name for each list: one for all, or one for each. */
    private static List<String> perList(JsonObject params, String name, String otherwise, int count) {
        List<String> names = params.strings(name);
        if (names.size() == count && count > 0) {
            return names;
        }
        if (names.size() > 1) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    name,
                    "\"" + name + "\" must be one name or one for each of " + count + " steps, got " + names.size());
        }
        return Collections.nCopies(count, names.isEmpty() ? otherwise : names.get(0));
    }

    private static List<Double> weights(JsonObject params, Fusion.Method method, int count) {
        JsonNode node = params.take("weights");
        if (node == null) {
            return Collections.nCopies(count, 1.0);
        }
        FusionParams.refuseUnless(params, method.hasListWeights(), method, "weights");
        List<Double> weights = new ArrayList<>();
        for (JsonNode weight : node) {
            if (weight.isNumber() && weight.doubleValue() >= 0 && Double.isFinite(weight.doubleValue())) {
                weights.add(weight.doubleValue());
            }
        }
        if (!node.isArray() || weights.size() != count || node.size() != count) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    "weights",
                    "\"weights\" must be " + count + " numbers, none negative: one for each step");
            return Collections.nCopies(count, 1.0);
        }
        return weights;
    }

    private static int column(JsonObject params, ResolvedStep step, String name, String param) {
        int place = step.columnIndex(name);
        if (place < 0) {
            params.add(new ColumnScope(step, null).unknown(name, params.path(param)));
        }
        return place;
    }

    /** Returns the place of the score; -1 where the method goes by ranks. */
    private static int score(JsonObject params, Fusion.Method method, ResolvedStep step, String name, boolean named) {
        if (method == Fusion.Method.RRF && !named) {
            return -1;
        }
        int place = step.columnIndex(name);
        if (place < 0) {
            params.add(new ColumnScope(step, null)
                    .unknown(name, params.path(SCORE))
                    .withHint("the method \"" + method.text() + "\" needs a score in every list; rrf does not"));
        } else if (!step.columns().get(place).type().isNumeric()) {
            params.add(
                    ErrorCode.INVALID_TYPE,
                    SCORE,
                    "column \"" + name + "\" of step \"" + step.id() + "\" is no number");
        }
        return place;
    }

    /** Returns whether the column is the score of a search by distance, be it through joins. */
    private static boolean isDistance(PlanScope scope, ResolvedStep step, int column) {
        if (step.step() instanceof Step.ComputeFilter filter) {
            ResolvedStep input = scope.resolvedAt(filter.input());
            int place = filter.output().get(column);
            int behind = place - input.columns().size();
            Step.Join join = filter.join();
            return behind < 0 || join == null
                    ? isDistance(scope, input, place)
                    : isDistance(scope, scope.resolvedAt(join.step()), behind);
        }
        Step.VectorSearch search = step.step() instanceof Step.CrossStoreSearch both && both.fusion() == null
                ? both.search()
                : step.step() instanceof Step.VectorSearch plain ? plain : null;
        return search != null
                && search.search().metric() == Metric.L2
                && step.columns().get(column).name().equals(SCORE);
    }

    private static void checkKeys(JsonObject params, List<ResolvedStep> steps, List<FusedList> lists) {
        if (!params.isObject() || lists.stream().anyMatch(list -> list.keyColumn() < 0)) {
            return;
        }
        ValueType first = steps.get(0).columns().get(lists.get(0).keyColumn()).type();
        for (int i = 1; i < steps.size(); i++) {
            ValueType type =
                    steps.get(i).columns().get(lists.get(i).keyColumn()).type();
            if (type != first) {
                params.add(Problem.at(
                        ErrorCode.INVALID_TYPE,
                        params.path("key"),
                        "the keys of steps \"" + steps.get(0).id() + "\" and \""
                                + steps.get(i).id() + "\" differ in type: " + first + " and " + type));
            }
        }
    }
}
