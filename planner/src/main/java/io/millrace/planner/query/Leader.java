package io.millrace.planner.query;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.query.Term.Score;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.predicate.Comparison;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The search that gives the rows of a relation, best first.
 *
 * @param vectors several of a fused search
 * @param fusion null where there is one vector
 * @param ranked whether rows come in an order that is joined with that of their paths: their score is not that of the
 *     vector
 * @param engine that the sender wants; null for any
 * @param farthest whether the worst come first
 */
record Leader(
        Relation relation,
        String field,
        Metric metric,
        List<QueryVector> vectors,
        @Nullable Fusion fusion,
        boolean ranked,
        @Nullable VectorEngine engine,
        @Nullable Integer efSearch,
        boolean farthest) {
    Leader {
        vectors = List.copyOf(vectors);
    }

    static Leader of(Relation relation, Score score, boolean farthest) {
        return new Leader(
                relation, score.field(), score.metric(), List.of(score.vector()), null, false, null, null, farthest);
    }

    static Leader of(Relation relation, NearestFunction function) {
        return new Leader(
                relation,
                function.field().name(),
                function.metric(),
                List.of(function.vector()),
                null,
                false,
                function.engine(),
                function.efSearch(),
                false);
    }

    /** Returns the same search, whose lists are not cut before all conditions are asked. */
    Leader overAll(int rowsMax) {
        Fusion wide = fusion == null
                ? null
                : new Fusion(
                        fusion.method(),
                        fusion.rankConstant(),
                        rowsMax,
                        fusion.averageWeight(),
                        fusion.maximumWeight(),
                        fusion.hitWeight());
        return new Leader(relation, field, metric, vectors, wide, ranked, engine, efSearch, farthest);
    }

    /** Returns whether rows have the scores of lists that were joined, of which the greatest is the best. */
    boolean joinsLists() {
        return ranked || fusion != null;
    }

    /** Returns what rows are ordered by; null where lists are joined. */
    @Nullable Score score() {
        return !joinsLists() ? new Score(relation.place(), field, metric, vectors.get(0)) : null;
    }

    /** Returns whether a row that satisfies the clause has only such rows in front: then it may be asked behind a cut. */
    boolean isPrefix(Clause clause) {
        if (!(clause instanceof Clause.Compare compare)
                || farthest
                || !compare.left().equals(score())) {
            return false;
        }
        Comparison comparison = compare.comparison();
        return metric.ascending()
                ? comparison == Comparison.LT || comparison == Comparison.LTE
                : comparison == Comparison.GT || comparison == Comparison.GTE;
    }
}
