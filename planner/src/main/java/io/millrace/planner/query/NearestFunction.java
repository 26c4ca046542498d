package io.millrace.planner.query;

import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What is searched for in one VECTOR field.
 *
 * @param index that fits; null where there is none
 * @param engine that the sender wants; null for any
 * @param k rows
 * @param efSearch null for what the statement, the session or the index says
 * @param withOrd whether rows have their place in the result
 */
record NearestFunction(
        Field field,
        @Nullable VectorIndexDefinition index,
        Metric metric,
        QueryVector vector,
        @Nullable VectorEngine engine,
        int k,
        @Nullable Integer efSearch,
        boolean withOrd) {}
