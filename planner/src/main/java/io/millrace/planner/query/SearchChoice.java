package io.millrace.planner.query;

import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.query.Query.On;
import io.millrace.planner.query.Query.Order;
import io.millrace.planner.query.Query.Search;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Score;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which search, if any, gives the rows of a query, and what it can do of the rest of the query. */
final class SearchChoice {
    private final Query query;
    private final PlanLimits limits;
    private final @Nullable Leader leader;
    private final boolean merged;
    private final boolean hybrid;

    SearchChoice(Query query, PlanLimits limits) {
        this.query = query;
        this.limits = limits;
        merged = isMerged();
        leader = chooseLeader();
        hybrid = isHybrid(leader);
    }

    /** Returns the search that gives the rows their order; null where a scan, or a pattern, gives them. */
    @Nullable Leader leader() {
        return leader;
    }

    /** Returns what paths are ordered by, where NEAR stands among the conditions on them; null for nothing. */
    @Nullable Score nearInPattern() {
        Search search = query.search();
        return search == null || query.pattern() == null ? null : search.score();
    }

    /** Returns whether one search gives what its table function and the collection have. */
    boolean merged() {
        return merged;
    }

    /** Returns whether one search asks vectors and the pattern. */
    boolean hybrid() {
        return hybrid;
    }

    /** Returns whether LIMIT bounds something else than the rows that are found: groups, or distinct rows. */
    boolean apart() {
        return query.grouped() || query.distinct();
    }

    /** Returns how many rows there may be before the offset is taken off. */
    RowLimit limit() {
        Integer limit = query.bounds().limit();
        int offset = query.bounds().offset();
        if (limit != null) {
            return new RowLimit(limit + offset, true);
        }
        boolean nearest = query.search() != null;
        int rows = nearest ? QueryReader.NEAREST_DEFAULT + offset : limits.rowsMax();
        return new RowLimit(Math.min(rows, limits.rowsMax()), nearest);
    }

    /** Returns how many rows of a search are grouped. */
    int nearest() {
        Integer k = query.settings().k();
        return k == null ? QueryReader.NEAREST_DEFAULT : k;
    }

    private boolean isMerged() {
        On on = query.join();
        if (on == null
                || query.search() != null
                || !on.left().name().equals(on.right().name())) {
            return false;
        }
        Relation left = query.relations().get(0);
        Relation right = query.relations().get(1);
        boolean one = left.fields().schema().id() == right.fields().schema().id()
                && left.fields().isKey(Relation.ID)
                && Set.of(Relation.ID, Relation.ROW_ID).contains(on.left().name());
        return one && (left.function() == null) != (right.function() == null);
    }

    private @Nullable Leader chooseLeader() {
        Search search = query.search();
        if (query.pattern() != null) {
            return null;
        }
        if (search != null) {
            Relation relation = query.relations().get(search.field().relation());
            return new Leader(
                    relation,
                    search.field().name(),
                    search.metric(),
                    search.vectors(),
                    search.fusion(),
                    query.settings().fusion() != null,
                    null,
                    null,
                    false);
        }
        for (Relation relation : query.relations()) {
            NearestFunction function = relation.function();
            if (function != null && (merged || query.relations().size() == 1)) {
                return Leader.of(relation, function);
            }
        }
        boolean plain = !query.grouped() && !query.distinct();
        if (plain && !query.orderBy().isEmpty()) {
            Order first = query.orderBy().get(0);
            if (first.value() instanceof Score score) {
                boolean farthest = first.descending() == score.metric().ascending();
                return Leader.of(query.relations().get(score.relation()), score, farthest);
            }
        }
        return plain ? byCondition() : null;
    }

    /** Returns the search for what is closer than a bound: the closest rows are the only ones that can be. */
    private @Nullable Leader byCondition() {
        for (Clause clause : query.conjuncts()) {
            if (clause instanceof Clause.Compare compare && compare.left() instanceof Score score) {
                Relation relation = query.relations().get(score.relation());
                Leader found = Leader.of(relation, score, false);
                if (relation.function() == null && found.isPrefix(clause)) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Returns whether the search must score every row, because a condition asks for all that are close enough. */
    boolean isExact(Leader search) {
        return query.search() == null
                && query.orderBy().stream().noneMatch(order -> order.value().equals(search.score()));
    }

    private boolean isHybrid(@Nullable Leader by) {
        AnchoredPattern match = query.match();
        if (match == null
                || by == null
                || by.farthest()
                || query.join() != null
                || by.relation().function() != null) {
            return false;
        }
        Pushdown pushdown = new Pushdown(by.relation());
        boolean asked = query.conjuncts().stream()
                .allMatch(clause -> pushdown.predicate(clause) != null || by.isPrefix(clause));
        boolean ordered = query.orderBy().isEmpty() || (query.orderBy().size() == 1 && sortsByScore(by));
        return asked && (ordered || query.search() != null);
    }

    /** Returns whether the search gives rows in the order that the statement asks for. */
    boolean sortsByScore(Leader by) {
        List<Order> orders = query.orderBy();
        if (query.grouped() || query.distinct()) {
            return false;
        }
        if (orders.isEmpty()) {
            return true;
        }
        Order first = orders.get(0);
        boolean byScore = first.value().equals(by.score())
                || first.value()
                        .equals(new Field(
                                by.relation().place(),
                                Relation.SCORE,
                                first.value().type()));
        boolean natural = first.descending() != (by.metric().ascending() && !by.joinsLists());
        return byScore
                && natural != by.farthest()
                && (!by.joinsLists() || orders.size() == 1)
                && orders.stream().skip(1).allMatch(order -> SelectPlanner.isStoredKey(order, by.relation()));
    }
}
