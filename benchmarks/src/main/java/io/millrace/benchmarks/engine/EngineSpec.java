package io.millrace.benchmarks.engine;

import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import java.util.List;

/** What an engine is opened with. */
public record EngineSpec(EngineKind kind, Metric metric, int dimension, int m, int efConstruction, boolean heapState) {
    static final String INDEX = "by_vector";

    /** Returns the definition of our index for it. */
    VectorIndexDefinition definition(String collection, String field, FreshnessMode mode) {
        return definition(collection, field, mode, List.of());
    }

    /** @param filterFields fields whose values the index keeps */
    VectorIndexDefinition definition(String collection, String field, FreshnessMode mode, List<String> filterFields) {
        return new VectorIndexDefinition(
                0,
                INDEX,
                collection,
                field,
                dimension,
                metric,
                kind.engine(),
                Freshness.of(mode),
                m,
                efConstruction,
                VectorIndexDefinition.EF_SEARCH_DEFAULT,
                kind.quantization(),
                kind.rescore(),
                filterFields,
                DimensionPolicy.ERROR,
                VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT,
                null);
    }
}
