package io.millrace.planner.statement;

import io.millrace.planner.parse.SearchDefaults;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What exists, as tables: the answers of SHOW and DESCRIBE. Rows are in the order of names. */
final class CatalogTables {
    private CatalogTables() {}

    static ResultTable collections(Catalog catalog) {
        Builder table =
                new Builder("name", "fields:INT", "primary_key", "time_field", "retention_ms:INT", "unknown_fields");
        for (CollectionSchema each : catalog.collections().values()) {
            table.add(
                    each.name(),
                    (long) each.fields().size(),
                    String.join(", ", each.primaryKey()),
                    each.timeField(),
                    each.retentionMs(),
                    lower(each.unknownFields()));
        }
        return table.build();
    }

    static ResultTable edgeTypes(Catalog catalog) {
        Builder table = new Builder(
                "name",
                "from",
                "to",
                "fields:INT",
                "time_field",
                "retention_ms:INT",
                "mode",
                "batch_rows:INT",
                "batch_ms:INT",
                "max_pending:INT",
                "pending_visible:BOOLEAN");
        for (EdgeType each : catalog.edgeTypes().values()) {
            table.add(
                    each.name(),
                    each.fromCollection(),
                    each.toCollection(),
                    (long) each.fields().size(),
                    each.timeField(),
                    each.retentionMs(),
                    lower(each.freshness().mode()),
                    (long) each.freshness().batchRows(),
                    (long) each.freshness().batchMs(),
                    (long) each.freshness().pendingMax(),
                    each.freshness().pendingVisible());
        }
        return table.build();
    }

    static ResultTable eventTypes(Catalog catalog) {
        Builder table = new Builder("name", "collection", "fields", "policy");
        for (EventType each : catalog.eventTypes().values()) {
            table.add(each.name(), each.collection(), String.join(", ", each.fields()), lower(each.policy()));
        }
        return table.build();
    }

    static ResultTable vectorIndexes(Collection<VectorIndexDefinition> indexes, SearchDefaults defaults) {
        Builder table = new Builder(
                "name",
                "collection",
                "field",
                "dim:INT",
                "metric",
                "engine",
                "mode",
                "m:INT",
                "ef_construction:INT",
                "ef_search:INT",
                "quantization",
                "rescore",
                "filter_fields",
                "dim_policy",
                "preselect_alpha:DOUBLE",
                "batch_rows:INT",
                "batch_ms:INT",
                "max_pending:INT",
                "pending_visible:BOOLEAN",
                "embed_from");
        for (VectorIndexDefinition each : indexes) {
            table.add(
                    each.name(),
                    each.collection(),
                    each.field(),
                    (long) each.dimension(),
                    lower(each.metric()),
                    lower(each.engine()),
                    lower(each.freshness().mode()),
                    (long) each.m(),
                    (long) each.efConstruction(),
                    (long) defaults.efSearch(each),
                    lower(each.quantization()),
                    lower(each.rescore()),
                    String.join(", ", each.filterFields()),
                    lower(each.dimensionPolicy()),
                    defaults.alpha(each),
                    (long) each.freshness().batchRows(),
                    (long) each.freshness().batchMs(),
                    (long) each.freshness().pendingMax(),
                    each.freshness().pendingVisible(),
                    each.embedFrom());
        }
        return table.build();
    }

    /** Returns the fields of a collection, event type or edge type, or the one row of an index; null for none. */
    static @Nullable ResultTable describe(Catalog catalog, String name, SearchDefaults defaults) {
        CollectionSchema schema = catalog.collections().get(name);
        if (schema != null) {
            return fields(schema.fields(), schema.primaryKey(), schema.timeField());
        }
        EventType eventType = catalog.eventTypes().get(name);
        if (eventType != null) {
            CollectionSchema owner = catalog.collection(eventType.collection()).orElseThrow();
            List<Field> fields = owner.fields().stream()
                    .filter(field -> eventType.fields().contains(field.name()))
                    .toList();
            return fields(fields, owner.primaryKey(), owner.timeField());
        }
        EdgeType edgeType = catalog.edgeTypes().get(name);
        if (edgeType != null) {
            return fields(edgeType.fields(), List.of(), edgeType.timeField());
        }
        VectorIndexDefinition index = catalog.vectorIndexes().get(name);
        return index == null ? null : vectorIndexes(List.of(index), defaults);
    }

    private static ResultTable fields(List<Field> fields, List<String> primaryKey, @Nullable String timeField) {
        Builder table = new Builder("field", "type", "primary_key:BOOLEAN", "time_field:BOOLEAN");
        for (Field field : fields) {
            table.add(
                    field.name(),
                    Types.of(field),
                    primaryKey.contains(field.name()),
                    field.name().equals(timeField));
        }
        return table.build();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Collects rows under columns written as {@code name} for a STRING or {@code name:TYPE}. */
    private static final class Builder {
        private final List<Column> columns = new ArrayList<>();
        private final List<Object[]> rows = new ArrayList<>();

        Builder(String... names) {
            for (String name : names) {
                int colon = name.indexOf(':');
                columns.add(
                        colon < 0
                                ? new Column(name, ValueType.STRING)
                                : new Column(name.substring(0, colon), ValueType.valueOf(name.substring(colon + 1))));
            }
        }

        void add(@Nullable Object... values) {
            rows.add(values);
        }

        ResultTable build() {
            return new ResultTable(columns, rows, false);
        }
    }
}
