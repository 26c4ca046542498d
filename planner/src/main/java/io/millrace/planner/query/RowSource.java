package io.millrace.planner.query;

import io.millrace.planner.parse.ShardColumns;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.planner.plan.StepHead;
import io.millrace.planner.query.Query.Hint;
import io.millrace.planner.query.Query.On;
import io.millrace.planner.query.Query.Order;
import io.millrace.planner.query.SearchSteps.Wanted;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Score;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.rule.KeyLookup;
import io.millrace.planner.statement.StatementParser;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the rows of a query: the steps that ask the shards, and the joins that bring their rows together. */
final class RowSource {
    /** Makes rows of the wanted values only. */
    interface Shaper {
        Rows shape(
                Rows rows,
                List<Value> wanted,
                @Nullable Clause condition,
                List<OrderKey> order,
                @Nullable RowLimit limit);
    }

    private final Query query;
    private final PlanLimits limits;
    private final PlanBuilder steps;
    private final SearchSteps searches;
    private final Shaper shaper;
    private final List<Problem> warnings;
    private final List<Clause> residual = new ArrayList<>();
    private final SearchChoice choice;
    private final PathSteps paths;
    private final @Nullable Leader leader;
    /** Whether a search finds no more rows than are wanted of it. */
    private boolean tight;

    /** Asked for by ORDER BY alone: where the shards order, they need not be shown. */
    private final Set<Value> orderOnly = new LinkedHashSet<>();

    private boolean ordered;
    private boolean cut;

    RowSource(
            Query query,
            PlanLimits limits,
            PlanBuilder steps,
            SearchSteps searches,
            SearchChoice choice,
            Shaper shaper,
            List<Problem> warnings) {
        this.query = query;
        this.limits = limits;
        this.steps = steps;
        this.searches = searches;
        this.shaper = shaper;
        this.warnings = warnings;
        this.choice = choice;
        leader = choice.leader();
        paths = new PathSteps(query, steps);
    }

    /** Returns the search that gives the rows their order; null where a scan gives them. */
    @Nullable Leader leader() {
        return leader;
    }

    /** Returns the conditions that are still to be asked. */
    List<Clause> residual() {
        return residual;
    }

    boolean isOrdered() {
        return ordered;
    }

    /** Returns whether there are no more rows than the limit and the offset let through. */
    boolean isCut() {
        return cut;
    }

    /** Returns rows that have the values, and those that {@link #residual} asks for. */
    Rows rows(List<Value> needed) {
        List<Predicate> filters = pushDown();
        Set<Value> all = new LinkedHashSet<>(needed);
        query.orderBy().forEach(order -> orderOnly.add(order.value()));
        query.items().forEach(item -> orderOnly.remove(item.value()));
        Set<Value> asked = new LinkedHashSet<>();
        residual.forEach(clause -> clause.collect(asked));
        orderOnly.removeAll(asked);
        all.addAll(asked);
        Score near = choice.nearInPattern();
        if (near != null) {
            all.add(near);
        }
        Set<Value> scores = new LinkedHashSet<>(all);
        scores.removeIf(value -> !(value instanceof Score) || (leader != null && value.equals(leader.score())));
        for (Value score : scores) {
            Field key = query.relations().get(((Score) score).relation()).key();
            all.add(key);
            orderOnly.remove(key);
        }
        all.removeAll(scores);
        AnchoredPattern match = query.match();
        if (match != null && !choice.hybrid()) {
            all.add(match.relation().key());
            orderOnly.remove(match.relation().key());
        }
        Rows rows = base(List.copyOf(all), filters);
        if (match != null && !choice.hybrid()) {
            rows = paths.bound(whole(rows), match, unbounded());
        }
        for (Value score : scores) {
            rows = scored(rows, (Score) score);
        }
        return query.search() == null || tight ? rows : nearestOf(rows);
    }

    /** Returns the rows with their join done. */
    private Rows whole(Rows rows) {
        return rows.join() == null ? rows : shaper.shape(rows, rows.values(), null, List.of(), null);
    }

    /** Returns what each relation's shards can ask, and leaves the rest as residual. */
    private List<Predicate> pushDown() {
        List<List<Predicate>> pushed = new ArrayList<>();
        query.relations().forEach(relation -> pushed.add(new ArrayList<>()));
        for (Clause clause : query.conjuncts()) {
            boolean taken = false;
            for (Relation relation : query.relations()) {
                Predicate predicate = choice.merged() ? null : new Pushdown(relation).predicate(clause);
                if (predicate != null && !taken) {
                    pushed.get(relation.place()).add(predicate);
                    taken = true;
                }
            }
            if (!taken) {
                residual.add(clause);
            }
        }
        return pushed.stream().map(RowSource::all).toList();
    }

    private static Predicate all(List<Predicate> predicates) {
        return predicates.isEmpty()
                ? Predicate.ALWAYS
                : predicates.size() == 1 ? predicates.get(0) : new Predicate.And(predicates);
    }

    private Rows base(List<Value> needed, List<Predicate> filters) {
        ResolvedPattern pattern = query.pattern();
        if (pattern != null) {
            boolean plain =
                    residual.isEmpty() && query.orderBy().isEmpty() && query.search() == null && !choice.apart();
            cut = plain && query.bounds().limit() != null;
            return paths.paths(pattern, needed, filters, cut ? choice.limit() : unbounded());
        }
        On on = query.join();
        if (on == null || choice.merged()) {
            Relation relation = leader == null ? query.relations().get(0) : leader.relation();
            return leader == null
                    ? scan(relation, needed, filters.get(0), residual.isEmpty() && query.match() == null)
                    : lead(leader, needed, filters.get(relation.place()), true);
        }
        boolean rightLeads = leader != null ? leader.relation().place() == 1 : isFunction(1) && !isFunction(0);
        Field inputKey = rightLeads ? on.right() : on.left();
        Field joinedKey = rightLeads ? on.left() : on.right();
        Rows input = side(inputKey, needed, filters);
        Rows joined = side(joinedKey, needed, filters);
        List<Value> both = new ArrayList<>(input.values());
        both.addAll(joined.values());
        Join join = new Join(
                joined.step(), JoinType.INNER, List.of(input.place(inputKey)), List.of(joined.place(joinedKey)));
        return new Rows(input.step(), both, join);
    }

    private RowLimit unbounded() {
        return new RowLimit(limits.rowsMax(), false);
    }

    private boolean isFunction(int place) {
        return query.relations().get(place).function() != null;
    }

    private Rows side(Field key, List<Value> needed, List<Predicate> filters) {
        Relation relation = query.relations().get(key.relation());
        Set<Value> own = new LinkedHashSet<>();
        needed.stream().filter(value -> isOf(value, relation)).forEach(own::add);
        own.add(key);
        Predicate filter = filters.get(relation.place());
        if (leader != null && leader.relation().equals(relation)) {
            return lead(leader, List.copyOf(own), filter, false);
        }
        return relation.function() == null
                ? scan(relation, List.copyOf(own), filter, false)
                : search(
                        Leader.of(relation, relation.function()),
                        List.copyOf(own),
                        relation.function().k());
    }

    private static boolean isOf(Value value, Relation relation) {
        return value instanceof Field field
                ? field.relation() == relation.place()
                : value instanceof Score score && score.relation() == relation.place();
    }

    /** @param alone whether there is nothing else to ask of the rows, so that the shards may order and cut them */
    private Rows scan(Relation relation, List<Value> needed, Predicate filter, boolean alone) {
        boolean whole = alone && !choice.apart();
        boolean sorts = whole && query.orderBy().stream().allMatch(order -> SelectPlanner.isStoredKey(order, relation));
        List<Value> values = sorts ? shown(needed, List.of()) : needed;
        ShardColumns columns = new ShardColumns(relation.fields(), 1);
        List<Integer> output = new ArrayList<>();
        values.forEach(value -> output.add(place((Field) value, columns)));
        List<SortKey> order = new ArrayList<>();
        if (sorts) {
            for (Order each : query.orderBy()) {
                columns.place(((Field) each.value()).name());
                order.add(new SortKey(((Field) each.value()).name(), each.descending()));
            }
        }
        boolean cuts = sorts && query.bounds().limit() != null;
        ordered |= sorts;
        cut |= cuts;
        RowLimit limit = cuts ? choice.limit() : unbounded();
        int step = steps.add(
                "scan",
                List.of(),
                PlanBuilder.columns(values, query.relations()),
                head -> new Step.DocumentScan(
                        head,
                        relation.fields().schema().name(),
                        SearchSteps.selection(relation, filter),
                        KeyLookup.keys(relation.fields().schema(), filter),
                        columns.fetch(),
                        output,
                        order,
                        limit));
        return new Rows(step, values);
    }

    private List<Value> shown(List<Value> values, List<Value> keys) {
        return values.stream()
                .filter(value -> !orderOnly.contains(value) || keys.contains(value))
                .toList();
    }

    private static int place(Field field, ShardColumns columns) {
        return field.name().equals(Relation.SELF) ? 0 : columns.place(field.name());
    }

    private Rows search(Leader by, List<Value> values, int k) {
        Wanted wanted = new Wanted(Predicate.ALWAYS, k, null, values, false);
        int step = steps.add(
                "search",
                List.of(),
                PlanBuilder.columns(values, query.relations()),
                head -> searches.step(head, by, wanted, List.of(), null));
        return new Rows(step, values);
    }

    /** Searches for the rows, as few as the rest of the statement allows. */
    private Rows lead(Leader search, List<Value> needed, Predicate filter, boolean alone) {
        NearestFunction function = search.relation().function();
        if (function != null) {
            ordered = query.orderBy().isEmpty();
            return search(search, needed, function.k());
        }
        boolean sorts = choice.sortsByScore(search)
                && (!choice.hybrid() || query.orderBy().size() <= 1);
        boolean apart = choice.apart();
        tight = alone
                && (query.match() == null || choice.hybrid())
                && residual.stream().allMatch(search::isPrefix)
                && (query.search() != null || sorts);
        Leader by = tight ? search : search.overAll(limits.rowsMax());
        List<Value> keys = query.orderBy().stream().skip(1).map(Order::value).toList();
        Set<Value> values = new LinkedHashSet<>(sorts ? shown(needed, keys) : needed);
        if (!sorts) {
            values.add(by.relation().key());
        }
        List<Value> columns = List.copyOf(values);
        List<OrderKey> thenBy = sorts && !choice.hybrid() ? thenBy(columns) : List.of();
        int k = apart ? choice.nearest() : choice.limit().rows();
        String exactly = query.hint() == Hint.EXACT
                ? "asked"
                : choice.isExact(by) ? "condition" : tight ? null : "residual_filter";
        boolean capped = !tight || (!apart && !choice.limit().asked());
        Wanted wanted = new Wanted(filter, tight ? k : limits.rowsMax(), exactly, columns, capped);
        int step = steps.add(
                "search",
                List.of(),
                PlanBuilder.columns(columns, query.relations()),
                head -> step(head, by, wanted, thenBy));
        if (by.farthest()) {
            warnings.add(Problem.at(
                    ErrorCode.INVALID_METRIC,
                    StatementParser.PATH,
                    "the order asks for the farthest rows first: every row is scored"));
        }
        ordered = sorts;
        cut = tight && !apart;
        return new Rows(step, columns);
    }

    private Step step(StepHead head, Leader by, Wanted wanted, List<OrderKey> thenBy) {
        AnchoredPattern match = query.match();
        if (by.fusion() != null) {
            PatternFilter filter = match != null && choice.hybrid() ? match.filter() : null;
            return searches.fused(head, by, by.fusion(), wanted, filter);
        }
        return choice.hybrid()
                ? crossStore(searches.search(head, by, wanted), wanted.capped())
                : searches.step(head, by, wanted, thenBy, null);
    }

    private Step crossStore(Step.VectorSearch search, boolean capped) {
        AnchoredPattern match = Objects.requireNonNull(query.match());
        return new Step.CrossStoreSearch(
                search,
                match.pattern(),
                match.anchor(),
                match.negated(),
                query.settings().fusion(),
                searches.strategy(),
                null,
                capped);
    }

    /** Cuts the rows of NEAR behind what the shards could not ask. */
    private Rows nearestOf(Rows rows) {
        int k = choice.apart() ? choice.nearest() : choice.limit().rows();
        List<Value> columns = rows.values().stream().distinct().toList();
        Score near = choice.nearInPattern();
        List<OrderKey> order = new ArrayList<>();
        if (near != null) {
            residual.add(new Clause.IsNull(near, false));
            order.add(new OrderKey(rows.place(near), !near.metric().ascending()));
        }
        Rows nearest = shaper.shape(rows, columns, Clause.all(residual), order, new RowLimit(k, true));
        residual.clear();
        cut = !choice.apart();
        return nearest;
    }

    private List<OrderKey> thenBy(List<Value> columns) {
        return query.orderBy().stream()
                .skip(1)
                .map(order -> new OrderKey(columns.indexOf(order.value()), order.descending()))
                .toList();
    }

    /** Adds the score of every row; a row without a vector has none. */
    private Rows scored(Rows input, Score score) {
        Relation relation = query.relations().get(score.relation());
        Rows rows = whole(input);
        int key = rows.place(relation.key());
        List<Value> columns = List.of(relation.key(), score);
        Wanted wanted = new Wanted(Predicate.ALWAYS, limits.rowsMax(), "every_row_asked", columns, false);
        int step = steps.add(
                "score",
                List.of(rows.step()),
                PlanBuilder.columns(columns, query.relations()),
                head -> searches.step(
                        head,
                        Leader.of(relation, score, false),
                        wanted,
                        List.of(),
                        new MembersOfColumn(rows.step(), key)));
        List<Value> both = new ArrayList<>(rows.values());
        both.addAll(columns);
        return new Rows(rows.step(), both, new Join(step, JoinType.LEFT, List.of(key), List.of(0)));
    }
}
