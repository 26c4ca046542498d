package io.millrace.protocol.catalog;

import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One example of everything that a catalog can hold, and of every change. */
public final class CatalogExamples {
    private CatalogExamples() {}

    public static CollectionSchema collection(String name, Field... more) {
        List<Field> fields = new ArrayList<>(List.of(
                new Field("id", ValueType.STRING),
                new Field("title", ValueType.STRING),
                new Field("year", ValueType.INT),
                new Field("at", ValueType.TIMESTAMP),
                new Field("v", ValueType.VECTOR, 3)));
        fields.addAll(List.of(more));
        return new CollectionSchema(0, name, fields, List.of("id"), "at", 2_592_000_000L, UnknownFields.SKIP);
    }

    public static EdgeType edgeType(String name, String from, String to) {
        List<Field> fields = List.of(new Field("weight", ValueType.DOUBLE), new Field("at", ValueType.TIMESTAMP));
        return new EdgeType(0, name, from, to, fields, "at", null, Freshness.of(FreshnessMode.IMMEDIATE));
    }

    public static EventType eventType(String name, String collection) {
        return new EventType(0, name, collection, List.of("id", "title"), EventTypePolicy.ACCEPT);
    }

    public static VectorIndexDefinition index(String name, String collection, String field, int dimension) {
        return new VectorIndexDefinition(
                0,
                name,
                collection,
                field,
                dimension,
                Metric.COSINE,
                VectorEngine.HNSW,
                new Freshness(FreshnessMode.BATCHED, 64, 20, 1_000, true),
                VectorIndexDefinition.M_DEFAULT,
                VectorIndexDefinition.EF_CONSTRUCTION_DEFAULT,
                VectorIndexDefinition.EF_SEARCH_DEFAULT,
                Quantization.INT8,
                Rescore.STATE,
                List.of("year"),
                DimensionPolicy.SKIP,
                2.5,
                "title");
    }

    /** Returns one record of every kind of change, by the name of its op. */
    public static Map<String, ControlRecord> records() {
        Map<String, ControlRecord> records = new LinkedHashMap<>();
        put(records, "create_collection", new CatalogChange.CreateCollection(collection("papers"), true));
        put(records, "add_field", new CatalogChange.AddField("papers", new Field("venue", ValueType.JSON)));
        put(records, "create_event_type", new CatalogChange.CreateEventType(eventType("Published", "papers"), false));
        put(
                records,
                "create_edge_type",
                new CatalogChange.CreateEdgeType(edgeType("CITES", "papers", "papers"), false));
        put(
                records,
                "create_vector_index",
                new CatalogChange.CreateVectorIndex(index("papers_v", "papers", "v", 3), false));
        put(
                records,
                "alter_vector_index",
                new CatalogChange.AlterVectorIndex(
                        "papers_v", new FreshnessChange(FreshnessMode.ASYNC, 32, null, null, false), 200, null));
        put(records, "build_vector_index", new CatalogChange.BuildVectorIndex("papers_v"));
        put(records, "drop_vector_index", new CatalogChange.DropVectorIndex("papers_v", true));
        put(records, "drop_edge_type", new CatalogChange.DropEdgeType("CITES", false));
        put(records, "drop_collection", new CatalogChange.DropCollection("papers", false));
        return records;
    }

    private static void put(Map<String, ControlRecord> records, String op, CatalogChange change) {
        records.put(op, new ControlRecord("request-" + op, change));
    }

    /** Returns a catalog that holds one of everything, an outcome of each kind, and a collection without options. */
    public static Catalog catalog() {
        Catalog catalog = Catalog.EMPTY;
        long offset = 100;
        for (ControlRecord entry : records().values()) {
            if (!entry.requestId().contains("drop")) {
                catalog = catalog.apply(offset++, entry);
            }
        }
        CollectionSchema plain = new CollectionSchema(
                0, "plain", List.of(new Field("n", ValueType.INT)), List.of("n"), null, null, UnknownFields.ERROR);
        catalog = catalog.apply(offset++, new ControlRecord("plain", new CatalogChange.CreateCollection(plain, false)));
        return catalog.apply(offset, new ControlRecord("refused", new CatalogChange.DropCollection("papers", false)));
    }
}
