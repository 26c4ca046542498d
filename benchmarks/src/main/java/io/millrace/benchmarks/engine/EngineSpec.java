package io.millrace.benchmarks.engine;

import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.List;

/** What an engine is opened with. */
public record EngineSpec(EngineKind kind, Metric metric, int dimension, int m, int efConstruction, boolean heapState) {
    static final String INDEX = "by_vector";

    /** Returns the definition of our index for it. */
    VectorIndexDefinition definition(String collection, String field, FreshnessMode mode) {
        return definition(collection, field, kind.engine(), kind.quantization(), kind.rescore(), Freshness.of(mode));
    }

    private VectorIndexDefinition definition(
            String collection,
            String field,
            VectorEngine engine,
            Quantization quantization,
            Rescore rescore,
            Freshness freshness) {
        return new VectorIndexDefinition(
                0,
                INDEX,
                collection,
                field,
                dimension,
                metric,
                engine,
                freshness,
                m,
                efConstruction,
                VectorIndexDefinition.EF_SEARCH_DEFAULT,
                quantization,
                rescore,
                List.of(),
                DimensionPolicy.ERROR,
                VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT,
                null);
    }
}
