package io.millrace.protocol.catalog;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A vector index over one VECTOR field of a collection, with every option of CREATE VECTOR INDEX.
 *
 * @param id the control offset that created it
 * @param dimension of the field
 * @param m links a node keeps, 2 to 128; efConstruction the beam at insert, 1 to 10 000; efSearch the beam at search
 * @param quantization {@code NONE} or {@code INT8}
 * @param rescore where the exact vectors are read for the second phase
 * @param filterFields kept beside the index as in-memory columns
 * @param dimensionPolicy what happens to a row whose vector does not fit
 * @param preselectAlpha candidates of the first phase per row asked for, 1 to 100
 * @param embedFrom the STRING field whose text is embedded into the vector; null for none
 */
public record VectorIndexDefinition(
        long id,
        String name,
        String collection,
        String field,
        int dimension,
        Metric metric,
        VectorEngine engine,
        Freshness freshness,
        int m,
        int efConstruction,
        int efSearch,
        Quantization quantization,
        Rescore rescore,
        List<String> filterFields,
        DimensionPolicy dimensionPolicy,
        double preselectAlpha,
        @Nullable String embedFrom) {
    public static final int M_DEFAULT = 16;
    public static final int EF_CONSTRUCTION_DEFAULT = 200;
    public static final int EF_SEARCH_DEFAULT = 100;
    public static final double PRESELECT_ALPHA_DEFAULT = 4;

    /** How vectors are kept for the traversal. */
    public enum Quantization {
        NONE,
        INT8
    }

    /** Where full-precision vectors are read from for the exact second phase. */
    public enum Rescore {
        MEMORY,
        STATE
    }

    /** What happens to a mutation whose vector has a wrong dimension or a component that is no finite number. */
    public enum DimensionPolicy {
        /** The whole mutation goes to the dead letters. */
        ERROR,
        /** The row is kept without its vector, and counted. */
        SKIP
    }

    public VectorIndexDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(collection, "collection");
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(metric, "metric");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(freshness, "freshness");
        Objects.requireNonNull(quantization, "quantization");
        Objects.requireNonNull(rescore, "rescore");
        Objects.requireNonNull(dimensionPolicy, "dimensionPolicy");
        filterFields = List.copyOf(filterFields);
    }

    VectorIndexDefinition withId(long newId) {
        return new VectorIndexDefinition(
                newId,
                name,
                collection,
                field,
                dimension,
                metric,
                engine,
                freshness,
                m,
                efConstruction,
                efSearch,
                quantization,
                rescore,
                filterFields,
                dimensionPolicy,
                preselectAlpha,
                embedFrom);
    }
}
