package io.millrace.planner.query;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.grammar.MillraceParser.ColumnContext;
import io.millrace.planner.grammar.MillraceParser.NearFusedPredicateContext;
import io.millrace.planner.grammar.MillraceParser.NearPredicateContext;
import io.millrace.planner.grammar.MillraceParser.PredicateContext;
import io.millrace.planner.grammar.MillraceParser.VectorContext;
import io.millrace.planner.query.Query.Search;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Metric;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Reads NEAR and NEAR_FUSED. */
final class SearchReader {
    private static final int FUSED_MAX = 10;

    private final List<Relation> relations;
    private final Names names;
    private final Literals literals;
    private final Indexes indexes;
    private final FusionReader fusions;
    private final int rowsMax;
    private final Words words;

    SearchReader(
            List<Relation> relations,
            Names names,
            Literals literals,
            Indexes indexes,
            FusionReader fusions,
            int rowsMax,
            Words words) {
        this.relations = relations;
        this.names = names;
        this.literals = literals;
        this.indexes = indexes;
        this.fusions = fusions;
        this.rowsMax = rowsMax;
        this.words = words;
    }

    /**
     * Returns the one search; null for none, or where its column is wrong, which is reported.
     *
     * @param k rows that it is to find
     */
    @Nullable Search read(List<PredicateContext> trees, int k) {
        if (trees.size() > 1) {
            words.report(trees.get(1), ErrorCode.INVALID_STATEMENT, "a statement has at most one NEAR or NEAR_FUSED");
        }
        if (trees.isEmpty()) {
            return null;
        }
        if (trees.get(0) instanceof NearPredicateContext near) {
            return search(near, near.column(), List.of(near.vector()), null);
        }
        NearFusedPredicateContext fused = (NearFusedPredicateContext) trees.get(0);
        if (fused.vector().size() > FUSED_MAX) {
            words.report(
                    fused,
                    ErrorCode.INVALID_LIMIT,
                    "NEAR_FUSED takes 1 to " + FUSED_MAX + " vectors, got "
                            + fused.vector().size());
        }
        Fusion fusion = fusions.read(fused.fusion(), Math.min(rowsMax, candidates(k)));
        if (fusion.window() < k) {
            words.report(
                    fused.fusion() == null ? fused : fused.fusion(),
                    ErrorCode.INVALID_LIMIT,
                    "\"window\" must be at least the rows that are asked for: " + fusion.window() + " < " + k);
        }
        return search(fused, fused.column(), fused.vector(), fusion);
    }

    /** Returns how many candidates each of several vectors gives for {@code k} rows. */
    static int candidates(int k) {
        return k * (k <= 10 ? 20 : k <= 50 ? 10 : k <= 100 ? 5 : 2);
    }

    private @Nullable Search search(
            ParserRuleContext tree, ColumnContext column, List<VectorContext> vectors, @Nullable Fusion fusion) {
        io.millrace.protocol.catalog.Field field = names.vectorField(column);
        Field named = field == null ? null : names.find(column);
        if (field == null || named == null) {
            return null;
        }
        String collection = relations.get(named.relation()).fields().schema().name();
        Metric metric = indexes.metric(tree, collection, field.name());
        if (metric == null) {
            return null;
        }
        List<QueryVector> read = new ArrayList<>();
        for (VectorContext each : vectors) {
            QueryVector vector = literals.vector(each, field, metric);
            if (vector != null) {
                read.add(vector);
            }
        }
        return new Search(named, metric, read, fusion);
    }
}
