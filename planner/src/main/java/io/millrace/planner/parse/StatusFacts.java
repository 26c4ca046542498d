package io.millrace.planner.parse;

import io.millrace.planner.plan.IndexFacts;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.ValueType;
import java.util.Collection;
import java.util.List;

/** What the catalog says of vector indexes whose status is read. */
public final class StatusFacts {
    private StatusFacts() {}

    public static List<IndexFacts> of(
            Catalog catalog, SearchDefaults defaults, Collection<VectorIndexDefinition> indexes) {
        return indexes.stream().map(index -> of(catalog, defaults, index)).toList();
    }

    private static IndexFacts of(Catalog catalog, SearchDefaults defaults, VectorIndexDefinition index) {
        boolean intKey = catalog.collection(index.collection())
                .filter(schema -> schema.keyType() == ValueType.INT)
                .isPresent();
        return new IndexFacts(
                index.id(),
                index.name(),
                index.dimension(),
                index.metric(),
                index.engine(),
                index.efConstruction(),
                defaults.efSearch(index),
                index.freshness().mode(),
                intKey);
    }
}
