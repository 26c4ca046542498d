package io.millrace.planner.parse;

import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Reading;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.StatusSource;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.StatusColumns;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code compute.read}. A type is one that shards compute ({@link ComputedTypes}), or else a collection or an
 * event type, whose rows were computed elsewhere and came as events.
 */
final class ReadResolver implements StepResolver {
    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        String type = params.requiredString("type");
        Given given = new Given(draft, params, scope.limit(params), scope);
        if (type != null && ComputedTypes.NAMES.contains(type)) {
            return computed(type, given);
        }
        CollectionFields fields = type == null ? null : fields(type, params, scope);
        if (type != null && fields != null) {
            return rows(type, fields, given);
        }
        List.of("filter", "project", "order_by").forEach(params::take);
        ComputedTypes.PARAMS.forEach(params::take);
        params.finish();
        return null;
    }

    /** What every type is resolved from. */
    private record Given(StepDraft draft, JsonObject params, RowLimit limit, PlanScope scope) {}

    private static @Nullable CollectionFields fields(String type, JsonObject params, PlanScope scope) {
        CollectionSchema schema = scope.catalog.collections().get(type);
        if (schema != null) {
            return new CollectionFields(schema, null);
        }
        EventType eventType = scope.catalog.eventTypes().get(type);
        CollectionSchema own =
                eventType == null ? null : scope.catalog.collections().get(eventType.collection());
        if (own != null) {
            return new CollectionFields(own, eventType);
        }
        Set<String> names = new TreeSet<>(ComputedTypes.NAMES);
        names.addAll(scope.catalog.collections().keySet());
        names.addAll(scope.catalog.eventTypes().keySet());
        params.add(Problem.at(
                        ErrorCode.INVALID_VALUE,
                        params.path("type"),
                        "there is no computed type, collection or event type \"" + JsonObject.shortened(type) + "\"")
                .withAllowed(names.stream().limit(100).toList())
                .withNearest(Nearest.of(type, names)));
        return null;
    }

    private static @Nullable ResolvedStep rows(String type, CollectionFields fields, Given given) {
        StepDraft draft = given.draft;
        JsonObject params = given.params;
        MemberSet set = MemberSet.of(params);
        ValueType keyType = fields.schema().keyType();
        Members members = set.members(keyType, fields.schema().name(), given.scope);
        Predicate filter =
                new FilterParser(fields.types(), draft.problems()).parse(set.conditions(), params.path("filter"));
        DocumentScan scan = ScanResolver.scan(
                params,
                draft,
                given.scope,
                new ScanResolver.Wanted(fields, ScanResolver.selection(fields, null, filter), given.limit));
        if (scan == null) {
            return null;
        }
        Reading reading = new Reading.Rows(type, scan, members, keyType == ValueType.INT);
        return new ResolvedStep(draft.place(), new Step.ComputeRead(scan.head(), reading), Set.of());
    }

    private static @Nullable ResolvedStep computed(String name, Given given) {
        StepDraft draft = given.draft;
        JsonObject params = given.params;
        ComputedTypes.Type type = new ComputedTypes(draft, params, given.scope).find(name);
        if (type == null) {
            List.of("filter", "project", "order_by").forEach(params::take);
            params.finish();
            return null;
        }
        Map<String, ValueType> types = new LinkedHashMap<>();
        type.columns().forEach(column -> types.put(column.name(), column.type()));
        FieldTypes columns = new FieldTypes("type \"" + name + "\"", types);
        MemberSet set = MemberSet.of(params);
        Members members = set.members(type.keyType(), type.owner(), given.scope);
        if (type.needsMembers() && set.set() == null) {
            params.add(
                    ErrorCode.INVALID_PLAN,
                    "filter",
                    "\"member_set\" is missing: type \"" + name + "\" is read of given keys");
        }
        Predicate filter = new FilterParser(columns, draft.problems()).parse(set.conditions(), params.path("filter"));
        List<String> names = new ArrayList<>(types.keySet());
        List<String> projected = params.has("project") ? Selections.project(params, columns) : names;
        List<SortKey> orderBy = Selections.orderBy(params, columns);
        if (type.source() instanceof StatusSource) {
            checkLags(params, filter, projected, orderBy);
        }
        params.finish();
        if (!draft.problems().isEmpty()) {
            return null;
        }
        List<Integer> output = projected.stream().map(names::indexOf).toList();
        Reading reading = new Reading.Computed(
                name,
                type.source(),
                type.columns(),
                type.keyColumn(),
                members,
                type.keyType() == ValueType.INT,
                filter,
                output,
                orderBy.stream()
                        .map(key -> new OrderKey(names.indexOf(key.column()), key.descending()))
                        .toList(),
                given.limit);
        List<Column> result = output.stream().map(type.columns()::get).toList();
        Set<Integer> counts = new TreeSet<>();
        for (int i = 0; i < projected.size(); i++) {
            if (type.counts().contains(projected.get(i))) {
                counts.add(i);
            }
        }
        return new ResolvedStep(draft.place(), new Step.ComputeRead(given.scope.head(draft, result), reading), counts);
    }

    /** A lag is measured when the answer leaves, by the shard of its row: nothing can go by it before. */
    private static void checkLags(JsonObject params, Predicate filter, List<String> projected, List<SortKey> orderBy) {
        String lag = StatusColumns.ALL.get(StatusColumns.LAG_MS).name();
        String shard = StatusColumns.ALL.get(StatusColumns.SHARD).name();
        String measured = "\"" + lag + "\" is measured when the answer leaves: ";
        if (filter.fields().contains(lag)) {
            params.add(ErrorCode.INVALID_FIELD, "filter", measured + "it cannot be filtered by");
        }
        if (orderBy.stream().anyMatch(key -> key.column().equals(lag))) {
            params.add(ErrorCode.INVALID_FIELD, "order_by", measured + "rows cannot be ordered by it");
        }
        if (projected.contains(lag) && !projected.contains(shard)) {
            params.add(ErrorCode.INVALID_FIELD, "project", measured + "project \"" + shard + "\" beside it");
        }
    }
}
