package io.millrace.planner.query;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.catalog.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that asks for rows, with its names resolved.
 *
 * @param join null for one relation
 * @param conjuncts of WHERE, but for searches and patterns
 * @param match what rows of a relation must, or must not, be bound by
 * @param pattern what gives the rows of all relations; null where they are those of FROM
 * @param grouped whether rows are grouped, be it into one group of all
 * @param having what must hold of groups
 */
record Query(
        List<Relation> relations,
        @Nullable On join,
        List<Item> items,
        boolean distinct,
        List<Clause> conjuncts,
        @Nullable Search search,
        @Nullable AnchoredPattern match,
        @Nullable ResolvedPattern pattern,
        boolean grouped,
        List<Value> groupBy,
        List<Clause> having,
        List<Order> orderBy,
        Hint hint,
        Bounds bounds,
        Settings settings) {
    Query {
        relations = List.copyOf(relations);
        items = List.copyOf(items);
        conjuncts = List.copyOf(conjuncts);
        groupBy = List.copyOf(groupBy);
        having = List.copyOf(having);
        orderBy = List.copyOf(orderBy);
    }

    /** @param left of the first relation; {@code right} of the second */
    record On(Field left, Field right) {}

    /** A column of the result. */
    record Item(Value value, String name) {}

    /** @param written the direction that the statement names; null for the one that is natural */
    record Order(Value value, @Nullable Boolean written) {
        boolean descending() {
            return written != null
                    ? written
                    : value instanceof Term.Score score && !score.metric().ascending();
        }
    }

    /** What the statement says of how a search is to be done. */
    enum Hint {
        NONE,
        ANN,
        EXACT
    }

    /** @param limit null where the statement names none */
    record Bounds(@Nullable Integer limit, int offset) {}

    /** NEAR or NEAR_FUSED: several vectors make it the latter. */
    record Search(
            Field field,
            Metric metric,
            List<QueryVector> vectors,
            @Nullable Fusion fusion) {
        Search {
            vectors = List.copyOf(vectors);
        }

        /** Returns what one vector orders rows by. */
        Term.Score score() {
            return new Term.Score(field.relation(), field.name(), metric, vectors.get(0));
        }
    }

    /**
     * What WITH and USING FUSION say.
     *
     * @param strategy null for the cheapest
     * @param fusion of a search across both stores; null for similarity alone
     * @param k rows of a search below groups; null for the default
     */
    record Settings(
            @Nullable Strategy strategy,
            @Nullable Fusion fusion,
            @Nullable Integer efSearch,
            @Nullable Double alpha,
            @Nullable Integer k) {}
}
