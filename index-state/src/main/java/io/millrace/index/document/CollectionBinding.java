package io.millrace.index.document;

import io.millrace.index.store.Namespaces;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A collection as one version of the catalog has it, looked up once and ready for the way of the events. */
public final class CollectionBinding {
    private static final byte[] NO_NAMESPACE = {};

    /** An event type with the fields that it lists, the key's and the time field among them. */
    record BoundEventType(long id, boolean[] listed, EventTypePolicy policy) {}

    private final CollectionSchema schema;
    private final FieldTable table;
    private final int[] keyOrdinals;
    private final boolean[] key;
    private final int[] vectorOrdinals;
    private final byte[][] vectorNamespaces;
    private final boolean[] skipsBadVector;
    private final int timeOrdinal;
    private final byte[] namespace;
    private final Map<String, BoundEventType> eventTypes = new HashMap<>();
    private final Map<Long, String> eventTypeNames = new HashMap<>();

    public CollectionBinding(CollectionSchema schema, Catalog catalog) {
        this.schema = schema;
        table = new FieldTable(schema.fields());
        keyOrdinals = schema.primaryKey().stream().mapToInt(table::find).toArray();
        key = new boolean[table.size()];
        IntStream.of(keyOrdinals).forEach(ordinal -> key[ordinal] = true);
        vectorOrdinals = IntStream.range(0, table.size())
                .filter(ordinal -> table.field(ordinal).type() == ValueType.VECTOR)
                .toArray();
        vectorNamespaces = new byte[table.size()][];
        Arrays.fill(vectorNamespaces, NO_NAMESPACE);
        IntStream.of(vectorOrdinals)
                .forEach(ordinal -> vectorNamespaces[ordinal] = Namespaces.vectors(schema.id(), ordinal));
        timeOrdinal = schema.timeField() == null ? -1 : table.find(schema.timeField());
        namespace = Namespaces.of(schema.id());
        skipsBadVector = new boolean[table.size()];
        catalog.indexesOf(schema.name()).forEach(this::bindPolicy);
        catalog.eventTypes().values().stream()
                .filter(type -> type.collection().equals(schema.name()))
                .forEach(this::bindEventType);
    }

    private void bindPolicy(VectorIndexDefinition index) {
        int ordinal = table.find(index.field());
        if (ordinal >= 0 && index.dimensionPolicy() == DimensionPolicy.SKIP) {
            skipsBadVector[ordinal] = true;
        }
    }

    private void bindEventType(EventType type) {
        boolean[] listed = key.clone();
        for (String name : type.fields()) {
            int ordinal = table.find(name);
            if (ordinal >= 0) {
                listed[ordinal] = true;
            }
        }
        if (timeOrdinal >= 0) {
            listed[timeOrdinal] = true;
        }
        eventTypes.put(type.name(), new BoundEventType(type.id(), listed, type.policy()));
        eventTypeNames.put(type.id(), type.name());
    }

    public CollectionSchema schema() {
        return schema;
    }

    public long id() {
        return schema.id();
    }

    public FieldTable table() {
        return table;
    }

    public Field field(int ordinal) {
        return table.field(ordinal);
    }

    /** Returns the place of the field, or -1. */
    public int ordinal(String name) {
        return table.find(name);
    }

    /** Returns the places of the key's fields, in the key's order. */
    int[] keyOrdinals() {
        return keyOrdinals;
    }

    boolean isKey(int ordinal) {
        return key[ordinal];
    }

    /** Returns the places of the VECTOR fields, ascending. */
    public int[] vectorOrdinals() {
        return vectorOrdinals;
    }

    boolean skipsBadVector(int ordinal) {
        return skipsBadVector[ordinal];
    }

    /** Returns the place of the time field, or -1. */
    int timeOrdinal() {
        return timeOrdinal;
    }

    /** Returns whether rows are kept by event type and hour, so that a scan of a time range opens only those. */
    public boolean bucketed() {
        return schema.timeField() != null || schema.retentionMs() != null;
    }

    /** Returns whether keys order and are returned as numbers. */
    public boolean numericKey() {
        return schema.keyType() == ValueType.INT;
    }

    byte[] namespace() {
        return namespace;
    }

    public byte[] vectorNamespace(int ordinal) {
        return vectorNamespaces[ordinal];
    }

    @Nullable BoundEventType eventType(String name) {
        return eventTypes.get(name);
    }

    /** Returns the name of the event type, or null for 0 and for one that is gone. */
    @Nullable String eventTypeName(long id) {
        return eventTypeNames.get(id);
    }
}
