package io.millrace.planner.query;

import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.query.Query.Item;
import io.millrace.planner.query.Query.Order;
import io.millrace.planner.query.Term.Aggregate;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan of a query: rows come from a scan or a search, which take as much of the condition, the order and the limit
 * as they can; what is left of those is done behind them in memory.
 */
final class SelectPlanner {
    private final Query query;
    private final PlanLimits limits;
    private final PlanBuilder steps;
    private final SearchChoice choice;
    private final RowSource source;
    private final List<Problem> warnings = new ArrayList<>();

    SelectPlanner(Query query, PlanLimits limits, Indexes indexes, SearchOptions options) {
        this.query = query;
        this.limits = limits;
        steps = new PlanBuilder(limits.stepTimeoutMs());
        SearchSteps searches = new SearchSteps(indexes, options, query.settings());
        choice = new SearchChoice(query, limits);
        source = new RowSource(query, limits, steps, searches, choice, this::shape, warnings);
    }

    /** Reports what the rows of the query cannot have. */
    void check(Names names, Words words) {
        new QueryChecks(query, choice, words).run(needed(), names);
    }

    Plan plan() {
        Rows rows = source.rows(needed());
        List<Value> items = query.items().stream().map(Item::value).toList();
        Clause rest = Clause.all(source.residual());
        if (query.grouped()) {
            rows = groups(rows, rest, items);
        } else if (!query.distinct()) {
            boolean cut = source.isCut() || query.bounds().limit() == null;
            rows = shape(rows, items, rest, source.isOrdered() ? List.of() : order(rows), cut ? null : limit());
        } else {
            rows = shape(rows, items, rest, List.of(), null);
        }
        if (query.distinct()) {
            rows = distinct(rows);
        }
        if (query.bounds().offset() > 0) {
            offset(rows);
        }
        steps.nameResult(query.items().stream().map(Item::name).toList());
        return steps.build(warnings);
    }

    /** Returns the values that rows must have before they are grouped or shown. */
    private List<Value> needed() {
        Set<Value> needed = new LinkedHashSet<>();
        if (query.grouped()) {
            needed.addAll(query.groupBy());
            for (Aggregate aggregate : aggregates()) {
                if (aggregate.of() != null) {
                    needed.add(aggregate.of());
                }
                needed.addAll(orderOf(aggregate));
            }
        } else {
            query.items().forEach(item -> needed.add(item.value()));
            query.orderBy().forEach(order -> needed.add(order.value()));
        }
        return List.copyOf(needed);
    }

    private List<Aggregate> aggregates() {
        Set<Value> values = new LinkedHashSet<>();
        query.items().forEach(item -> values.add(item.value()));
        query.having().forEach(clause -> clause.collect(values));
        query.orderBy().forEach(order -> values.add(order.value()));
        return values.stream()
                .filter(Aggregate.class::isInstance)
                .map(Aggregate.class::cast)
                .toList();
    }

    /** Returns what first and last go by: event time, then id. */
    private List<Field> orderOf(Aggregate aggregate) {
        boolean byTime =
                aggregate.function() == AggregateFunction.FIRST || aggregate.function() == AggregateFunction.LAST;
        if (!byTime || !(aggregate.of() instanceof Field field)) {
            return List.of();
        }
        Relation relation = query.relations().get(field.relation());
        return relation.function() != null || !relation.names().containsKey(FragmentOperation.TIMESTAMP)
                ? List.of()
                : List.of(relation.term(FragmentOperation.TIMESTAMP), relation.key());
    }

    private Rows groups(Rows input, @Nullable Clause rest, List<Value> items) {
        List<Aggregate> aggregates = aggregates();
        List<Value> needed = needed();
        Rows rows = input.join() == null && rest == null ? input : shape(input, needed, rest, List.of(), null);
        List<Value> values = new ArrayList<>(query.groupBy());
        values.addAll(aggregates);
        Rows result = new Rows(-1, values);
        boolean last = query.having().isEmpty() && !query.distinct();
        List<OrderKey> order = last ? orderKeys(result) : List.of();
        RowLimit limit = last && query.bounds().limit() != null ? limit() : unbounded();
        List<Field> byTime = aggregates.stream()
                .map(this::orderOf)
                .filter(keys -> !keys.isEmpty())
                .findFirst()
                .orElse(List.of());
        int time = byTime.isEmpty() ? -1 : rows.place(byTime.get(0));
        int id = byTime.isEmpty() ? -1 : rows.place(byTime.get(1));
        List<Step.Aggregate> computed = aggregates.stream()
                .map(each -> new Step.Aggregate(each.function(), each.of() == null ? -1 : rows.place(each.of())))
                .toList();
        int step = steps.add(
                "groups",
                List.of(rows.step()),
                columns(values),
                head -> new Step.ComputeAggregate(
                        head, rows.step(), rows.places(query.groupBy()), computed, time, id, order, limit));
        Rows grouped = new Rows(step, values);
        boolean cut = last || query.distinct() || query.bounds().limit() == null;
        return shape(
                grouped,
                items,
                Clause.all(query.having()),
                last || query.distinct() ? List.of() : orderKeys(grouped),
                cut ? null : limit());
    }

    private Rows distinct(Rows rows) {
        List<OrderKey> order = orderKeys(rows);
        RowLimit limit = query.bounds().limit() == null ? unbounded() : limit();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < rows.values().size(); i++) {
            all.add(i);
        }
        int step = steps.add(
                "distinct",
                List.of(rows.step()),
                steps.columns(rows.step()),
                head -> new Step.ComputeAggregate(head, rows.step(), all, List.of(), -1, -1, order, limit));
        return new Rows(step, rows.values());
    }

    private void offset(Rows rows) {
        Integer limit = query.bounds().limit();
        RowLimit left = limit == null ? unbounded() : new RowLimit(limit, true);
        steps.add(
                "offset",
                List.of(rows.step()),
                steps.columns(rows.step()),
                head -> new Step.ComputeOffset(head, rows.step(), query.bounds().offset(), left));
    }

    /** Returns the rows with these values only, those that satisfy the condition, in the order; no step for nothing. */
    Rows shape(
            Rows rows, List<Value> wanted, @Nullable Clause condition, List<OrderKey> order, @Nullable RowLimit limit) {
        boolean same = rows.values().equals(wanted) && rows.join() == null;
        if (same && condition == null && order.isEmpty() && limit == null) {
            return rows;
        }
        List<Integer> output = rows.places(wanted);
        int step = steps.add(
                "filter",
                rows.dependencies(),
                columns(wanted),
                head -> new Step.ComputeFilter(
                        head,
                        rows.step(),
                        rows.join(),
                        condition == null ? null : new Residual(rows::place).condition(condition),
                        output,
                        order,
                        limit == null ? unbounded() : limit));
        return new Rows(step, wanted);
    }

    /** Returns the order that is asked for; behind a search, whose rows are in another order, ties go by id. */
    private List<OrderKey> order(Rows rows) {
        List<OrderKey> keys = new ArrayList<>(orderKeys(rows));
        Leader leader = choice.leader();
        if (!keys.isEmpty() && leader != null && rows.has(leader.relation().key())) {
            keys.add(new OrderKey(rows.place(leader.relation().key()), false));
        }
        return keys;
    }

    private List<OrderKey> orderKeys(Rows rows) {
        return query.orderBy().stream()
                .map(order -> new OrderKey(rows.place(order.value()), order.descending()))
                .toList();
    }

    private List<Column> columns(List<Value> values) {
        return PlanBuilder.columns(values, query.relations());
    }

    private RowLimit limit() {
        return choice.limit();
    }

    private RowLimit unbounded() {
        return new RowLimit(limits.rowsMax(), false);
    }

    static boolean isStoredKey(Order order, Relation relation) {
        return order.value() instanceof Field field
                && field.relation() == relation.place()
                && relation.isStored(field.name());
    }
}
