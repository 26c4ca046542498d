package io.millrace.planner.plan;

import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;

/**
 * What the catalog says of a vector index.
 *
 * @param efSearch that a search has which says nothing itself
 * @param intKey whether the keys of its rows are INT, else STRING
 */
public record IndexFacts(
        long id,
        String name,
        int dimension,
        Metric metric,
        VectorEngine engine,
        int efConstruction,
        int efSearch,
        FreshnessMode mode,
        boolean intKey) {}
