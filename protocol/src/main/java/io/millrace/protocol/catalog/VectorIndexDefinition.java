package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A vector index over one VECTOR field of a collection, with every option of CREATE VECTOR INDEX.
 *
 * @param id the control offset that created it
 * @param dimension of the field
 * @param m links a node keeps, 2 to 128; efConstruction the beam at insert, 1 to 10 000
 * @param efSearchGiven the beam at search, 1 to 10 000; null for what the job says
 * @param quantization {@code NONE} or {@code INT8}
 * @param rescore where the exact vectors are read for the second phase
 * @param filterFields kept beside the index as in-memory columns
 * @param dimensionPolicy what happens to a row whose vector does not fit
 * @param preselectAlphaGiven candidates of the first phase per row asked for, 1 to 100; null for what the job says
 * @param embedFrom the STRING field whose text is embedded into the vector; null for none
 * @param buildOffset control offset of the last BUILD or REINDEX; the id if there was none
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
        @JsonProperty("ef_search") @Nullable Integer efSearchGiven,
        Quantization quantization,
        Rescore rescore,
        List<String> filterFields,
        DimensionPolicy dimensionPolicy,
        @JsonProperty("preselect_alpha") @Nullable Double preselectAlphaGiven,
        @Nullable String embedFrom,
        @JsonSetter(nulls = Nulls.AS_EMPTY) long buildOffset) {
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
        // Records from before there were builds name none.
        buildOffset = Math.max(buildOffset, id);
    }

    /** Makes a definition that names every option and was not built again. */
    public VectorIndexDefinition(
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
        this(
                id,
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
                embedFrom,
                id);
    }

    /** Returns the beam at search, where a search and the job say nothing else. */
    public int efSearch() {
        return efSearchGiven == null ? EF_SEARCH_DEFAULT : efSearchGiven;
    }

    /** Returns the candidates per row asked for, where a search and the job say nothing else. */
    public double preselectAlpha() {
        return preselectAlphaGiven == null ? PRESELECT_ALPHA_DEFAULT : preselectAlphaGiven;
    }

    VectorIndexDefinition withId(long newId) {
        return with(newId, newId, freshness, efSearchGiven, preselectAlphaGiven);
    }

    VectorIndexDefinition builtAt(long offset) {
        return with(id, offset, freshness, efSearchGiven, preselectAlphaGiven);
    }

    /** Returns this index with what {@code change} names. */
    VectorIndexDefinition altered(CatalogChange.AlterVectorIndex change) {
        return with(
                id,
                buildOffset,
                change.freshness().of(freshness),
                change.efSearch() == null ? efSearchGiven : change.efSearch(),
                change.preselectAlpha() == null ? preselectAlphaGiven : change.preselectAlpha());
    }

    private VectorIndexDefinition with(
            long newId,
            long newBuildOffset,
            Freshness newFreshness,
            @Nullable Integer newEfSearch,
            @Nullable Double newPreselectAlpha) {
        return new VectorIndexDefinition(
                newId,
                name,
                collection,
                field,
                dimension,
                metric,
                engine,
                newFreshness,
                m,
                efConstruction,
                newEfSearch,
                quantization,
                rescore,
                filterFields,
                dimensionPolicy,
                newPreselectAlpha,
                embedFrom,
                newBuildOffset);
    }
}
