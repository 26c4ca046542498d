package io.millrace.index.document;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.mutation.CompositeKey;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes canonical keys apart: the key string is the truth, and the fields of the key are its parts. */
public final class KeyParser {
    private KeyParser() {}

    /** Returns the value of a field of the key; the key must have passed {@link #check}. */
    static Object value(CollectionBinding collection, String key, int ordinal) {
        int[] ordinals = collection.keyOrdinals();
        if (ordinals.length == 1) {
            return value(collection.field(ordinal), key);
        }
        int part = 0;
        while (ordinals[part] != ordinal) {
            part++;
        }
        return value(collection.field(ordinal), CompositeKey.split(key).get(part));
    }

    /** Returns what is wrong with {@code key} as a key of the collection; null for nothing. */
    public static @Nullable Problem check(CollectionBinding collection, String key) {
        int[] ordinals = collection.keyOrdinals();
        if (ordinals.length == 1) {
            return checkPart(collection.field(ordinals[0]), key);
        }
        List<String> parts = CompositeKey.split(key);
        if (parts.size() != ordinals.length || !CompositeKey.join(parts).equals(key)) {
            return Problem.of(
                    ErrorCode.INVALID_KEY,
                    "key \"" + key + "\" has " + parts.size() + " parts, collection \""
                            + collection.schema().name() + "\" needs " + ordinals.length);
        }
        for (int i = 0; i < ordinals.length; i++) {
            Problem problem = checkPart(collection.field(ordinals[i]), parts.get(i));
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static Object value(Field field, String part) {
        return field.type() == ValueType.INT ? (Object) Long.parseLong(part) : part;
    }

    private static @Nullable Problem checkPart(Field field, String part) {
        if (field.type() != ValueType.INT || isCanonicalLong(part)) {
            return null;
        }
        return Problem.of(
                ErrorCode.INVALID_KEY,
                "key field \"" + field.name() + "\" needs a 64-bit decimal number, got \"" + part + "\"");
    }

    private static boolean isCanonicalLong(String text) {
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }
}
