package io.millrace.protocol.mutation;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Named values as one block of bytes: a varint count, then for each field its name (a string of {@link ValueWriter})
 * and one tagged value. The router writes it straight from the parser; a shard reads it against its schema.
 *
 * <p>Values are what JSON can say: null, boolean, long, double, string, an array of plain numbers ({@code double[]}),
 * and anything else as {@link io.millrace.protocol.value.JsonText}.
 */
public record EncodedFields(byte[] bytes) {
    public static final EncodedFields NONE = new EncodedFields(new byte[] {0});

    /** Returns the block of {@code fields}, in their iteration order. */
    public static EncodedFields of(Map<String, ? extends @Nullable Object> fields) {
        ValueWriter writer = new ValueWriter();
        writer.writeVarint(fields.size());
        fields.forEach((name, value) -> {
            writer.writeString(name);
            writer.writeValue(value);
        });
        return new EncodedFields(writer.toBytes());
    }

    /** Returns a reader that stands at the count. */
    public ValueReader reader() {
        return new ValueReader(bytes);
    }

    public int count() {
        return reader().readVarint();
    }

    /** Returns all fields in order, for people and tests. */
    public Map<String, @Nullable Object> toMap() {
        ValueReader reader = reader();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int left = reader.readVarint(); left > 0; left--) {
            fields.put(reader.readString(), reader.readValue());
        }
        return fields;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncodedFields that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return toMap().toString();
    }
}
