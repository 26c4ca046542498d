package io.millrace.index.document;

import io.millrace.index.document.CollectionBinding.BoundEventType;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an event against the schema, and finds everything that is wrong with it at once. */
public final class DocumentReader {
    private final DroppedCounters counters;

    public DocumentReader(DroppedCounters counters) {
        this.counters = counters;
    }

    /** Fills {@code draft} from the change. Where it then has problems, nothing else of it means anything. */
    public void read(CollectionBinding collection, Catalog catalog, DocumentChange change, RowDraft draft) {
        draft.reset(collection.table().size());
        Problem keyProblem = KeyParser.check(collection, change.key());
        if (keyProblem != null) {
            draft.problems.add(keyProblem);
        }
        BoundEventType type = eventType(collection, catalog, change.eventType(), draft);
        ValueReader in = change.fields().reader();
        for (int left = in.readVarint(); left > 0; left--) {
            int length = in.readVarint();
            int start = in.position();
            in.position(start + length);
            int ordinal = collection.table().find(in.buffer(), start, length);
            if (admits(collection, type, ordinal, in, start, length, draft)) {
                field(collection, change.key(), keyProblem == null, ordinal, in, draft);
            } else {
                in.skipValue();
            }
        }
    }

    private static @Nullable BoundEventType eventType(
            CollectionBinding collection, Catalog catalog, @Nullable String name, RowDraft draft) {
        if (name == null) {
            return null;
        }
        BoundEventType type = collection.eventType(name);
        if (type != null) {
            draft.hasEventType = true;
            draft.eventTypeId = type.id();
            return type;
        }
        EventType elsewhere = catalog.eventTypes().get(name);
        draft.problems.add(elsewhere == null ? noEventType(catalog, name) : foreignEventType(collection, elsewhere));
        return null;
    }

    private static Problem noEventType(Catalog catalog, String name) {
        return Problem.of(ErrorCode.NOT_FOUND_EVENT_TYPE, "there is no event type \"" + name + "\"")
                .withNearest(Nearest.of(name, catalog.eventTypes().keySet()));
    }

    private static Problem foreignEventType(CollectionBinding collection, EventType type) {
        return Problem.of(
                ErrorCode.INVALID_EVENT,
                "event type \"" + type.name() + "\" belongs to collection \"" + type.collection() + "\", not \""
                        + collection.schema().name() + "\"");
    }

    /** Returns whether the field is kept; refuses or counts one that the event type or the collection does not have. */
    private boolean admits(
            CollectionBinding collection,
            @Nullable BoundEventType type,
            int ordinal,
            ValueReader in,
            int start,
            int length,
            RowDraft draft) {
        boolean typeDecides = type != null && type.policy() != EventTypePolicy.ACCEPT;
        if (ordinal >= 0 && (!typeDecides || (type != null && type.listed()[ordinal]))) {
            return true;
        }
        boolean refused = type != null && typeDecides
                ? type.policy() == EventTypePolicy.ERROR
                : collection.schema().unknownFields() == UnknownFields.ERROR;
        if (refused) {
            draft.problems.add(
                    unlisted(collection, ordinal, new String(in.buffer(), start, length, StandardCharsets.UTF_8)));
        } else {
            counters.dropField();
        }
        return false;
    }

    private static Problem unlisted(CollectionBinding collection, int ordinal, String name) {
        return ordinal < 0
                ? Problem.of(
                                ErrorCode.INVALID_FIELD,
                                "collection \"" + collection.schema().name() + "\" has no field \"" + name + "\"")
                        .withNearest(collection.table().nearest(name))
                : Problem.of(ErrorCode.INVALID_FIELD, "the event type does not list field \"" + name + "\"");
    }

    private void field(
            CollectionBinding collection, String key, boolean keyValid, int ordinal, ValueReader in, RowDraft draft) {
        Field field = collection.field(ordinal);
        if (draft.name(ordinal)) {
            draft.problems.add(
                    Problem.of(ErrorCode.INVALID_FIELD, "field \"" + field.name() + "\" is given more than once"));
            in.skipValue();
        } else if (collection.isKey(ordinal)) {
            keyField(collection, key, keyValid, ordinal, in, draft);
        } else if (in.buffer()[in.position()] == ValueWriter.NULL) {
            in.skipValue();
        } else if (field.type() == ValueType.VECTOR) {
            vector(collection, ordinal, in, draft);
        } else {
            value(collection, ordinal, in, draft);
        }
    }

    private static void value(CollectionBinding collection, int ordinal, ValueReader in, RowDraft draft) {
        int before = draft.entries.length();
        draft.entries.writeVarint(ordinal);
        int start = draft.entries.length();
        Problem problem = FieldConverter.convert(collection.field(ordinal), in, draft.entries);
        if (problem != null) {
            draft.problems.add(problem);
            draft.entries.truncate(before);
        } else if (ordinal == collection.timeOrdinal()) {
            draft.time(new ValueReader(draft.entries.buffer(), start + 1, Long.BYTES).readLong());
        }
    }

    private void vector(CollectionBinding collection, int ordinal, ValueReader in, RowDraft draft) {
        Object value = in.readValue();
        Problem problem = VectorConverter.check(collection.field(ordinal), value);
        if (problem == null && value instanceof double[] numbers) {
            draft.vector(ordinal, VectorConverter.narrow(numbers));
        } else if (problem != null && collection.skipsBadVector(ordinal)) {
            counters.dropVector(collection.id(), ordinal, problem.code() == ErrorCode.INVALID_DIMENSION);
        } else if (problem != null) {
            draft.problems.add(problem);
        }
    }

    /** The key string is the truth: a field of the key may only repeat it. */
    private static void keyField(
            CollectionBinding collection, String key, boolean keyValid, int ordinal, ValueReader in, RowDraft draft) {
        Field field = collection.field(ordinal);
        Object value = null;
        if (in.buffer()[in.position()] == ValueWriter.NULL) {
            in.skipValue();
        } else {
            ValueWriter converted = new ValueWriter(64);
            Problem problem = FieldConverter.convert(field, in, converted);
            if (problem != null) {
                draft.problems.add(problem);
                return;
            }
            value = new ValueReader(converted.toBytes()).readValue();
        }
        if (keyValid && !KeyParser.value(collection, key, ordinal).equals(value)) {
            draft.problems.add(Problem.of(
                    ErrorCode.INVALID_KEY,
                    "field \"" + field.name() + "\" is " + (value == null ? "null" : "\"" + value + "\"")
                            + ", but the key is \"" + key + "\""));
        }
    }
}
