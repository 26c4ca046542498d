package io.millrace.planner.parse;

import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.rule.KeyLookup;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code document.scan}. The first column is {@code id} unless {@code project} is given: then the result has
 * exactly the projected columns in their order. Without, event time and event type are behind the fields where a later
 * step asks for them.
 */
final class ScanResolver implements StepResolver {
    @Override
    public @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        JsonObject params = new JsonObject(draft.params(), draft.paramsPath(), draft.problems());
        CollectionFields fields = Selections.fields(params, scope.catalog);
        TimeRange timeRange = TimeRanges.parse(
                params, scope.nowMs, fields == null ? null : fields.schema().retentionMs());
        RowLimit limit = scope.limit(params);
        if (fields == null) {
            List.of("filter", "project", "order_by").forEach(params::take);
            params.finish();
            return null;
        }
        Predicate filter =
                new FilterParser(fields.types(), draft.problems()).parse(params.take("filter"), params.path("filter"));
        DocumentScan scan = scan(params, draft, scope, new Wanted(fields, selection(fields, timeRange, filter), limit));
        return scan == null ? null : new ResolvedStep(draft.place(), scan, Set.of());
    }

    /** The rows to read, as far as they are known. */
    record Wanted(CollectionFields fields, DocumentSelection selection, RowLimit limit) {}

    /** Returns the scan, when what is left of {@code params} is read; null where anything is wrong. */
    static @Nullable DocumentScan scan(JsonObject params, StepDraft draft, PlanScope scope, Wanted wanted) {
        CollectionFields fields = wanted.fields();
        FieldTypes types = fields.types();
        List<Column> columns = columns(params, fields, types, scope.wantedOf(draft.id()));
        List<SortKey> orderBy = Selections.orderBy(params, types);
        params.finish();
        if (!draft.problems().isEmpty()) {
            return null;
        }
        ShardColumns shardColumns = new ShardColumns(fields, 1);
        List<Integer> output = shardColumns.places(columns);
        orderBy.forEach(key -> shardColumns.place(key.column()));
        return new DocumentScan(
                scope.head(draft, columns),
                fields.schema().name(),
                wanted.selection(),
                KeyLookup.keys(fields.schema(), wanted.selection().filter()),
                shardColumns.fetch(),
                output,
                orderBy,
                wanted.limit());
    }

    static DocumentSelection selection(CollectionFields fields, @Nullable TimeRange timeRange, Predicate filter) {
        var eventType = fields.eventType();
        return new DocumentSelection(
                fields.schema().id(), eventType == null ? null : eventType.id(), timeRange, filter);
    }

    private static List<Column> columns(
            JsonObject params, CollectionFields fields, FieldTypes types, Set<String> wantedBehind) {
        if (!params.has("project")) {
            List<Column> columns = new ArrayList<>(fields.defaultColumns());
            for (String name : List.of(FragmentOperation.TIMESTAMP, FragmentOperation.EVENT_TYPE)) {
                ValueType type = types.type(name);
                boolean isField = fields.schema().fieldIndex(name) >= 0;
                if (type != null && !isField && wantedBehind.contains(name)) {
                    columns.add(new Column(name, type));
                }
            }
            return columns;
        }
        List<Column> columns = new ArrayList<>();
        for (String name : Selections.project(params, types)) {
            columns.add(new Column(name, java.util.Objects.requireNonNull(types.type(name))));
        }
        return columns;
    }
}
