package io.millrace.planner.explain;

import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.RowLimit;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of a step are made of.
 *
 * @param measures of the step; null where it did not run
 * @param inputs the nodes of the steps whose rows it takes; empty where they are told apart from it
 * @param rowsIn rows of each of those steps, in the order that the step names them; null where they did not run
 */
record StepView(
        Plan plan,
        @Nullable StepMeasures measures,
        List<ExplainNode> inputs,
        @Nullable List<Long> rowsIn) {
    StepView {
        inputs = List.copyOf(inputs);
        rowsIn = rowsIn == null ? null : List.copyOf(rowsIn);
    }

    String id(int place) {
        return plan.steps().get(place).id();
    }

    List<Column> columns(int place) {
        return plan.steps().get(place).columns();
    }

    /** Returns the names of the columns of a step. */
    List<String> names(int place) {
        return names(columns(place));
    }

    static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    static List<String> pick(List<Integer> places, List<String> names) {
        return places.stream().map(names::get).toList();
    }

    /** Returns the keys of an order, each with its direction. */
    static List<String> order(List<OrderKey> keys, List<String> names) {
        return keys.stream()
                .map(key -> names.get(key.column()) + direction(key.descending()))
                .toList();
    }

    /** Returns the keys of an order that shards go by, and behind them the id that decides among equal rows. */
    static List<String> order(List<SortKey> keys) {
        List<String> texts = new ArrayList<>();
        keys.forEach(key -> texts.add(key.column() + direction(key.descending())));
        texts.add("id asc");
        return texts;
    }

    static String direction(boolean descending) {
        return descending ? " desc" : " asc";
    }

    /** Sorts the rows of {@code below}, where there is an order. */
    static ExplainNode sorted(List<String> order, ExplainNode below) {
        return order.isEmpty() ? below : below.under(NodeKind.SORT, new Facts().put("order_by", order));
    }

    /** Cuts the rows of {@code below}, where the plan asks for that; the bound that nobody asked for is a fact of it. */
    static ExplainNode limited(RowLimit limit, ExplainNode below) {
        return limit.asked()
                ? below.under(NodeKind.LIMIT, new Facts().put("limit", limit.rows()))
                : below.bounded(limit);
    }

    /** Returns what was measured; nothing where the step did not run. */
    Facts measured(Function<StepMeasures, Facts> of) {
        return measures == null ? new Facts() : of.apply(measures);
    }

    /** Returns how many rows the step takes from all its inputs; nothing where that is not known. */
    Facts measuredRowsIn() {
        List<Long> rows = rowsIn;
        return rows == null || rows.isEmpty()
                ? new Facts()
                : new Facts()
                        .put("rows_in", rows.stream().mapToLong(Long::longValue).sum());
    }

    /** Returns how many rows a part of the step gave; nothing where that is not known. */
    Facts measuredRowsOut(NodeKind part) {
        return measured(of -> {
            Long rows = of.task().rowsOut().get(part);
            return rows == null ? new Facts() : new Facts().put("rows_out", rows);
        });
    }
}
