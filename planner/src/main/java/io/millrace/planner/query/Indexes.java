package io.millrace.planner.query;

import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Chooses the index of a search. */
final class Indexes {
    private final Catalog catalog;
    private final Words words;

    Indexes(Catalog catalog, Words words) {
        this.catalog = catalog;
        this.words = words;
    }

    /** Returns the index of the metric and, if there is one, of the engine, the first of several; null for none. */
    @Nullable VectorIndexDefinition of(String collection, String field, Metric metric, @Nullable VectorEngine engine) {
        List<VectorIndexDefinition> ofMetric = all(collection, field).stream()
                .filter(index -> index.metric() == metric)
                .toList();
        return ofMetric.stream()
                .filter(index -> engine == null || index.engine() == engine)
                .findFirst()
                .orElse(ofMetric.isEmpty() ? null : ofMetric.get(0));
    }

    boolean exist(String collection, String field) {
        return !all(collection, field).isEmpty();
    }

    /** Returns the metric of the field's indexes, L2 without one; null where they differ, which is reported. */
    @Nullable Metric metric(ParserRuleContext tree, String collection, String field) {
        List<VectorIndexDefinition> indexes = all(collection, field);
        List<Metric> metrics =
                indexes.stream().map(VectorIndexDefinition::metric).distinct().toList();
        if (metrics.size() > 1) {
            words.problems()
                    .add(Words.at(
                                    tree,
                                    ErrorCode.INVALID_AMBIGUOUS,
                                    "the indexes on \"" + field
                                            + "\" differ in their metric: order by the function of one")
                            .withAllowed(List.of("l2_distance", "cosine_similarity", "inner_product")));
            return null;
        }
        return metrics.isEmpty() ? Metric.L2 : metrics.get(0);
    }

    private List<VectorIndexDefinition> all(String collection, String field) {
        return catalog.indexesOf(collection).stream()
                .filter(index -> index.field().equals(field))
                .toList();
    }
}
