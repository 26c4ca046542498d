package io.millrace.planner.parse;

import io.millrace.protocol.catalog.VectorIndexDefinition;

/**
 * What the job says about vector searches for which neither the search, nor its request, nor its index says anything.
 *
 * @param efSearch beam of the preselection, 1 to 10 000
 * @param alpha candidates per row asked for, 1 to 100
 * @param texts the embedder for searches that bring a text
 */
public record SearchDefaults(int efSearch, double alpha, TextEmbedding texts) {
    public static final SearchDefaults DEFAULT =
            new SearchDefaults(VectorIndexDefinition.EF_SEARCH_DEFAULT, VectorIndexDefinition.PRESELECT_ALPHA_DEFAULT);

    public SearchDefaults {
        if (efSearch < 1 || efSearch > SearchOptions.EF_SEARCH_MAX) {
            throw new IllegalArgumentException(
                    "efSearch must be from 1 to " + SearchOptions.EF_SEARCH_MAX + ", got " + efSearch);
        }
        if (!(alpha >= 1 && alpha <= SearchOptions.ALPHA_MAX)) {
            throw new IllegalArgumentException("alpha must be from 1 to " + SearchOptions.ALPHA_MAX + ", got " + alpha);
        }
    }

    /** Makes defaults of a job without an embedder. */
    public SearchDefaults(int efSearch, double alpha) {
        this(efSearch, alpha, TextEmbedding.NONE);
    }

    /** Returns the beam of a search of {@code index} that says nothing itself. */
    public int efSearch(VectorIndexDefinition index) {
        Integer given = index.efSearchGiven();
        return given == null ? efSearch : given;
    }

    public double alpha(VectorIndexDefinition index) {
        Double given = index.preselectAlphaGiven();
        return given == null ? alpha : given;
    }
}
