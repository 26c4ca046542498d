package io.millrace.planner.parse;

import io.millrace.planner.plan.Reading.ClusterSource;
import io.millrace.planner.plan.Reading.CountedCollection;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.planner.plan.Reading.Source;
import io.millrace.planner.plan.Reading.StatisticsSource;
import io.millrace.planner.plan.Reading.StatusSource;
import io.millrace.planner.plan.Reading.TopVertices;
import io.millrace.planner.plan.StatusColumns;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.planner.plan.StepHead;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types that {@code compute.read} knows itself, each with the params that it alone has. */
final class ComputedTypes {
    static final String INDEX_STATUS = "index_status";
    static final String COLLECTION_STATS = "collection_stats";
    static final String DEGREE = "degree";
    static final String CLUSTER_INFO = "cluster_info";
    static final List<String> NAMES = List.of(CLUSTER_INFO, COLLECTION_STATS, DEGREE, INDEX_STATUS);

    /** What any of them may have beside what all have. */
    static final List<String> PARAMS =
            List.of("index", "collection", "entity_type", "edge_types", "direction", "top_k");

    private final StepDraft draft;
    private final JsonObject params;
    private final PlanScope scope;
    private final Catalog catalog;

    /**
     * A type with its params resolved.
     *
     * @param keyColumn place in {@code columns} of the key that a member set names
     * @param owner whose keys they are, as errors name it
     * @param counts names of the columns that are counts
     * @param needsMembers whether there are no rows to read without a member set
     */
    record Type(
            Source source,
            List<Column> columns,
            int keyColumn,
            String owner,
            Set<String> counts,
            boolean needsMembers) {
        ValueType keyType() {
            return columns.get(keyColumn).type();
        }
    }

    ComputedTypes(StepDraft draft, JsonObject params, PlanScope scope) {
        this.draft = draft;
        this.params = params;
        this.scope = scope;
        catalog = scope.catalog;
    }

    /** Returns the type; null with problems where its params are wrong. */
    @Nullable Type find(String name) {
        return switch (name) {
            case INDEX_STATUS -> indexStatus();
            case COLLECTION_STATS -> collectionStats();
            case DEGREE -> degree();
            case CLUSTER_INFO -> clusterInfo();
            default -> throw new IllegalArgumentException("no computed type " + name);
        };
    }

    private @Nullable Type indexStatus() {
        VectorIndexDefinition index = index();
        if (index == null && params.has("index")) {
            return null;
        }
        Collection<VectorIndexDefinition> read =
                index == null ? catalog.vectorIndexes().values() : List.of(index);
        IndexStatus status = new IndexStatus(
                new StepHead(draft.id(), List.of(), draft.timeoutMs(), StatusColumns.ALL),
                index == null ? null : index.name(),
                StatusFacts.of(catalog, scope.options.defaults(), read));
        return new Type(new StatusSource(status), StatusColumns.ALL, 0, INDEX_STATUS, Set.of(), false);
    }

    private @Nullable VectorIndexDefinition index() {
        String name = params.string("index");
        if (name == null) {
            return null;
        }
        VectorIndexDefinition index = catalog.vectorIndexes().get(name);
        if (index == null) {
            params.add(Selections.notFound(
                    ErrorCode.NOT_FOUND_INDEX,
                    "vector index",
                    name,
                    params.path("index"),
                    catalog.vectorIndexes().keySet()));
        }
        return index;
    }

    private @Nullable Type collectionStats() {
        CollectionSchema schema = Selections.collection(params, "collection", catalog);
        if (schema == null && params.has("collection")) {
            return null;
        }
        Collection<CollectionSchema> counted =
                schema == null ? catalog.collections().values() : List.of(schema);
        List<CountedCollection> collections = counted.stream()
                .map(each -> new CountedCollection(each.id(), each.name(), edgeTypesOf(each.name())))
                .toList();
        List<Column> columns = List.of(
                new Column("collection", ValueType.STRING),
                new Column("rows", ValueType.INT),
                new Column("event_types", ValueType.JSON),
                new Column("oldest", ValueType.TIMESTAMP),
                new Column("newest", ValueType.TIMESTAMP),
                new Column("bytes_estimate", ValueType.INT),
                new Column("distinct_estimate", ValueType.JSON),
                new Column("edges", ValueType.JSON),
                new Column("as_of", ValueType.TIMESTAMP));
        return new Type(new StatisticsSource(collections), columns, 0, COLLECTION_STATS, Set.of("rows"), false);
    }

    private List<CountedEdges> edgeTypesOf(String collection) {
        return catalog.edgeTypes().values().stream()
                .map(type -> edges(type, collection))
                .filter(edges -> edges.leaves() || edges.comes())
                .toList();
    }

    private static CountedEdges edges(EdgeType type, String collection) {
        return new CountedEdges(
                type.id(),
                type.name(),
                type.fromCollection().equals(collection),
                type.toCollection().equals(collection));
    }

    private @Nullable Type degree() {
        Long k = params.integer("top_k", 1, scope.limits.topKMax());
        EdgeSelection edges = EdgeSelection.parse(params, catalog);
        CollectionSchema schema = members();
        if (edges == null || schema == null) {
            return null;
        }
        boolean both = !params.has("direction");
        List<CountedEdges> counted = new ArrayList<>();
        for (EdgeType type : edges.types()) {
            CountedEdges own = edges(type, schema.name());
            if (own.leaves() || own.comes()) {
                counted.add(own);
            } else if (edges.named()) {
                params.add(
                        ErrorCode.INVALID_VALUE,
                        "edge_types",
                        "edge type \"" + type.name() + "\" has no end in collection \"" + schema.name() + "\"");
            }
        }
        List<Column> columns = keyColumns(schema, Set.of("edge_type", "out_degree", "in_degree"));
        int keyColumn = columns.size() - 1;
        columns.add(new Column("edge_type", ValueType.STRING));
        columns.add(new Column("out_degree", ValueType.INT));
        columns.add(new Column("in_degree", ValueType.INT));
        TopVertices top = k == null ? null : new TopVertices(schema.id(), k.intValue());
        Source source =
                new DegreeSource(schema.name(), counted, both || edges.outgoing(), both || edges.incoming(), top);
        return new Type(
                source, columns, keyColumn, schema.name(), Set.of("out_degree", "in_degree"), !params.has("top_k"));
    }

    private @Nullable CollectionSchema members() {
        if (params.has("collection") && params.has("entity_type")) {
            params.add(ErrorCode.INVALID_PLAN, "entity_type", "\"collection\" says the same: give one of both");
            return null;
        }
        if (!params.has("collection") && !params.has("entity_type")) {
            params.add(ErrorCode.INVALID_PLAN, "collection", "\"collection\" is missing");
            return null;
        }
        return Selections.collection(params, params.has("collection") ? "collection" : "entity_type", catalog);
    }

    private @Nullable Type clusterInfo() {
        CollectionSchema asked = Selections.collection(params, "collection", catalog);
        VectorIndexDefinition index = params.has("index") ? index() : onlyIndex(asked);
        if (index == null || (asked == null && params.has("collection"))) {
            return null;
        }
        if (asked != null && !index.collection().equals(asked.name())) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    "index",
                    "vector index \"" + index.name() + "\" is on collection \"" + index.collection() + "\"");
            return null;
        }
        CollectionSchema schema = TraverseResolver.schema(scope, index.collection());
        List<Column> columns = keyColumns(
                schema, Set.of(ReadClusterMembers.CLUSTER, ReadClusterMembers.DISTANCE, ReadClusterMembers.SIZE));
        int keyColumn = columns.size() - 1;
        columns.add(new Column(ReadClusterMembers.CLUSTER, ValueType.INT));
        columns.add(new Column(ReadClusterMembers.DISTANCE, ValueType.DOUBLE));
        columns.add(new Column(ReadClusterMembers.SIZE, ValueType.INT));
        Source source = new ClusterSource(schema.name(), index.id(), index.name());
        return new Type(source, columns, keyColumn, schema.name(), Set.of(ReadClusterMembers.SIZE), false);
    }

    private @Nullable VectorIndexDefinition onlyIndex(@Nullable CollectionSchema asked) {
        if (asked == null && params.has("collection")) {
            return null;
        }
        List<VectorIndexDefinition> candidates =
                List.copyOf(asked == null ? catalog.vectorIndexes().values() : catalog.indexesOf(asked.name()));
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        List<VectorIndexDefinition> ofMembers =
                candidates.stream().filter(this::hasKeyOfMembers).toList();
        if (ofMembers.size() == 1) {
            return ofMembers.get(0);
        }
        if (candidates.isEmpty()) {
            String where = asked == null ? "" : " on collection \"" + asked.name() + "\"";
            params.add(ErrorCode.NOT_FOUND_INDEX, "index", "there is no vector index" + where);
        } else {
            params.add(Problem.at(
                            ErrorCode.INVALID_AMBIGUOUS,
                            params.path("index"),
                            "several vector indexes could be meant: name one")
                    .withAllowed(
                            candidates.stream().map(VectorIndexDefinition::name).toList()));
        }
        return null;
    }

    /** Returns whether the members come from a column that is called like the primary key of the index's collection. */
    private boolean hasKeyOfMembers(VectorIndexDefinition index) {
        String field =
                draft.params().path("filter").path(MemberSet.NAME).path("field").asText();
        return TraverseResolver.schema(scope, index.collection()).primaryKey().equals(List.of(field));
    }

    /** The primary key under the name of its only field, unless that is taken, and under {@code id}. */
    private static List<Column> keyColumns(CollectionSchema schema, Set<String> taken) {
        List<Column> columns = new ArrayList<>();
        String field = schema.primaryKey().get(0);
        boolean named = schema.primaryKey().size() == 1 && !field.equals(FragmentOperation.ID);
        if (named && !taken.contains(field)) {
            columns.add(new Column(field, schema.keyType()));
        }
        columns.add(new Column(FragmentOperation.ID, schema.keyType()));
        return columns;
    }
}
