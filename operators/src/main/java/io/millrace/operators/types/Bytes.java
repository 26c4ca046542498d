package io.millrace.operators.types;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of Kafka records in binary. */
final class Bytes {
    private Bytes() {}

    static void writeNullable(byte @Nullable [] bytes, ValueWriter out) {
        out.writeBoolean(bytes != null);
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    static byte @Nullable [] readNullable(ValueReader in) {
        return in.readBoolean() ? in.readBytes() : null;
    }

    static void writeHeaders(Map<String, byte[]> headers, ValueWriter out) {
        out.writeVarint(headers.size());
        headers.forEach((name, value) -> {
            out.writeString(name);
            out.writeBytes(value);
        });
    }

    static Map<String, byte[]> readHeaders(ValueReader in) {
        int count = in.readVarint();
        if (count == 0) {
            return Map.of();
        }
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put(in.readString(), in.readBytes());
        }
        return headers;
    }
}
