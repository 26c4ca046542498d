package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code graph.traverse}. The result has the columns of the start, then those fields of the start's row that
 * later steps name and that are no column yet, then a count, or vertex, depth, edge type and projected vertex fields.
 */
final class TraverseResolver implements StepResolver {
    static final String COUNT = "count";
    static final String START = "start";
    private static final List<String> WALK = List.of("vertex", "depth", "edge_type");

    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        EdgeSelection edges = EdgeSelection.parse(params, scope.catalog);
        int depth = params.integer("depth", 1, scope.limits.depthMax(), 1);
        boolean count = Selections.choice(params, "aggregate", List.of(COUNT)) != null;
        RowLimit limit = scope.limit(params);
        StartReader start = new StartReader(params, scope);
        CollectionSchema collection = start.collection(edges);
        if (edges == null || collection == null) {
            var unused = TimeRanges.parse(params, scope.nowMs, null);
            List.of("edge_filter", "project").forEach(params::take);
            params.finish();
            return null;
        }
        List<String> reached = new ArrayList<>();
        List<Hop> hops = edges.hops(collection.name(), reached);
        if (hops.isEmpty() && edges.named()) {
            params.add(
                    ErrorCode.INVALID_VALUE,
                    "edge_types",
                    "none of the edge types starts at collection \"" + collection.name() + "\" in this direction");
        }
        TimeRange timeRange = TimeRanges.parse(params, scope.nowMs, edges.retentionMs(hops));
        FieldTypes properties = edges.properties(params);
        Predicate filter = new FilterParser(properties, draft.problems())
                .parse(params.take("edge_filter"), params.path("edge_filter"));
        VertexFields vertexFields = VertexFields.parse(params, scope, hops, reached, count);
        Step.Start from = start.start(collection);
        List<Column> startColumns = start.columns(collection);
        params.finish();
        if (!draft.problems().isEmpty() || from == null || startColumns == null) {
            return null;
        }
        List<String> startFields =
                startFields(collection, startColumns, vertexFields.names(), scope.wantedOf(draft.id()));
        ColumnNames names = new ColumnNames();
        names.addAll(startColumns, draft.id());
        startFields.forEach(name -> names.add(name, type(collection, name), draft.id()));
        int countColumn = names.size();
        addWalk(names, draft.id(), count, vertexFields, vertexType(scope, hops, reached));
        Step step = new Step.GraphTraverse(
                scope.head(draft, names.list()),
                from,
                vertices(scope, reached, vertexFields.names()),
                hops,
                filter,
                timeRange,
                depth,
                count,
                startFields,
                vertexFields.names(),
                limit);
        Set<Integer> counts = new TreeSet<>(start.counts());
        if (count) {
            counts.add(countColumn);
        }
        return new ResolvedStep(draft.place(), step, counts);
    }

    private static List<String> startFields(
            CollectionSchema collection, List<Column> startColumns, List<String> vertexFields, Set<String> wanted) {
        Set<String> taken = startColumns.stream().map(Column::name).collect(Collectors.toSet());
        return collection.fields().stream()
                .filter(field -> field.type() != ValueType.VECTOR && wanted.contains(field.name()))
                .map(Field::name)
                .filter(name -> !taken.contains(name) && !vertexFields.contains(name))
                .filter(name -> !name.equals(COUNT) && !WALK.contains(name))
                .toList();
    }

    private static void addWalk(
            ColumnNames names, String step, boolean count, VertexFields vertexFields, ValueType vertexType) {
        if (count) {
            names.add(COUNT, ValueType.INT, step);
            return;
        }
        names.add(WALK.get(0), vertexType, step);
        names.add(WALK.get(1), ValueType.INT, step);
        names.add(WALK.get(2), ValueType.STRING, step);
        vertexFields.columns().forEach(column -> names.add(column.name(), column.type(), step));
    }

    /** Returns INT where every collection that can be reached has INT keys, else STRING. */
    private static ValueType vertexType(PlanScope scope, List<Hop> hops, List<String> reached) {
        boolean allInt = !hops.isEmpty()
                && hops.stream()
                        .allMatch(
                                hop -> schema(scope, reached.get(hop.target())).keyType() == ValueType.INT);
        return allInt ? ValueType.INT : ValueType.STRING;
    }

    private static List<Vertices> vertices(PlanScope scope, List<String> reached, List<String> vertexFields) {
        List<Vertices> vertices = new ArrayList<>();
        for (String name : reached) {
            CollectionSchema schema = schema(scope, name);
            List<String> own = vertexFields.stream()
                    .filter(field -> schema.fieldIndex(field) >= 0)
                    .toList();
            vertices.add(new Vertices(schema.id(), name, schema.keyType() == ValueType.INT, own));
        }
        return vertices;
    }

    static CollectionSchema schema(PlanScope scope, String name) {
        return Objects.requireNonNull(scope.catalog.collections().get(name), name);
    }

    private static ValueType type(CollectionSchema schema, String field) {
        return schema.field(field).orElseThrow().type();
    }

    /** The projected fields of reached vertices. */
    private record VertexFields(List<Column> columns) {
        List<String> names() {
            return columns.stream().map(Column::name).toList();
        }

        static VertexFields parse(
                JsonObject params, PlanScope scope, List<Hop> hops, List<String> reached, boolean count) {
            if (!params.has("project")) {
                return new VertexFields(List.of());
            }
            if (count) {
                params.add(ErrorCode.INVALID_PLAN, "project", "a count has no vertices to project fields of");
                return new VertexFields(List.of());
            }
            List<String> targets = hops.stream()
                    .map(hop -> reached.get(hop.target()))
                    .distinct()
                    .toList();
            java.util.Map<String, ValueType> types = new java.util.LinkedHashMap<>();
            for (String target : targets) {
                for (Field field : schema(scope, target).fields()) {
                    ValueType before = types.putIfAbsent(field.name(), field.type());
                    if (before != null && before != field.type()) {
                        reportIfProjected(params, field.name());
                    }
                }
            }
            String owner = targets.size() == 1 ? "collection \"" + targets.get(0) + "\"" : "any reached collection";
            List<Column> columns = new ArrayList<>();
            for (String name : Selections.project(params, new FieldTypes(owner, types))) {
                columns.add(new Column(name, Objects.requireNonNull(types.get(name))));
            }
            return new VertexFields(columns);
        }

        private static void reportIfProjected(JsonObject params, String field) {
            if (params.strings("project").contains(field)) {
                params.add(
                        ErrorCode.INVALID_AMBIGUOUS,
                        "project",
                        "field \"" + field + "\" has another type in another reached collection");
            }
        }
    }

    /** Reads {@code start}. */
    private static final class StartReader {
        private final JsonObject start;
        private final boolean given;
        private final PlanScope scope;
        private final @Nullable String ref;
        private final @Nullable String field;
        private final @Nullable JsonNode ids;

        StartReader(JsonObject params, PlanScope scope) {
            this.scope = scope;
            JsonObject object = params.object("start");
            if (object == null) {
                params.add(ErrorCode.INVALID_PLAN, "start", "\"start\" is missing");
            }
            start = object == null ? params.empty("start") : object;
            given = object != null && start.isObject();
            ref = start.string("ref");
            field = start.string("field");
            ids = start.take("ids");
            start.string("entity_type");
            start.finish();
            if (given) {
                checkForm();
            }
        }

        private void checkForm() {
            if (start.has("ref") == start.has("ids")) {
                start.add(ErrorCode.INVALID_PLAN, "ref", "a start needs \"ref\" and \"field\", or \"ids\"");
            } else if (start.has("ref") && !start.has("field")) {
                start.add(ErrorCode.INVALID_PLAN, "field", "\"field\" is missing");
            } else if (start.has("ids") && start.has("field")) {
                start.add(ErrorCode.INVALID_PLAN, "field", "\"field\" has no meaning beside \"ids\"");
            }
        }

        @Nullable CollectionSchema collection(@Nullable EdgeSelection edges) {
            if (start.has("entity_type")) {
                return Selections.collection(start, "entity_type", scope.catalog);
            }
            if (edges == null || !given) {
                return null;
            }
            Set<String> candidates = edges.startCollections();
            if (candidates.size() == 1) {
                return scope.catalog.collections().get(candidates.iterator().next());
            }
            start.add(Problem.at(
                            ErrorCode.INVALID_AMBIGUOUS,
                            start.path("entity_type"),
                            "the edge types do not tell the collection of the start: name it")
                    .withAllowed(List.copyOf(candidates)));
            return null;
        }

        Step.@Nullable Start start(CollectionSchema collection) {
            if (ids != null) {
                return keys(ids, collection);
            }
            ResolvedStep step = scope.step(ref);
            if (step == null || field == null) {
                return null;
            }
            int place = KeySets.column(start, field, step, "a start");
            if (place < 0) {
                return null;
            }
            return new Step.StartAtColumn(step.place(), place);
        }

        private Step.@Nullable Start keys(JsonNode node, CollectionSchema collection) {
            if (!node.isArray() || node.isEmpty()) {
                start.wrongType("ids", "an array of ids", node);
                return null;
            }
            return new Step.StartAtKeys(KeySets.keys(start, node, collection.keyType(), collection.name(), scope));
        }

        @Nullable List<Column> columns(CollectionSchema collection) {
            if (ids != null) {
                return List.of(new Column(START, collection.keyType()));
            }
            ResolvedStep step = scope.step(ref);
            return step == null ? null : step.columns();
        }

        Set<Integer> counts() {
            ResolvedStep step = ids != null ? null : scope.step(ref);
            return step == null ? Set.of() : step.counts();
        }
    }
}
