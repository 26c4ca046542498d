package io.millrace.protocol.codec;

import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Lists in binary: a varint count and the elements. */
public final class CodecLists {
    private CodecLists() {}

    public static <T> void write(List<T> values, ValueWriter out, Consumer<T> writeOne) {
        out.writeVarint(values.size());
        values.forEach(writeOne);
    }

    public static <T> List<T> read(ValueReader in, Supplier<T> readOne) {
        int count = in.readVarint();
        List<T> values = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            values.add(readOne.get());
        }
        return values;
    }

    public static void writeStrings(List<String> values, ValueWriter out) {
        write(values, out, out::writeString);
    }

    public static List<String> readStrings(ValueReader in) {
        return read(in, in::readString);
    }

    public static void writeInts(List<Integer> values, ValueWriter out) {
        write(values, out, out::writeVarint);
    }

    public static List<Integer> readInts(ValueReader in) {
        return read(in, in::readVarint);
    }

    public static void writeColumns(List<Column> columns, ValueWriter out) {
        write(columns, out, column -> {
            out.writeString(column.name());
            out.writeString(column.type().name());
        });
    }

    public static List<Column> readColumns(ValueReader in) {
        return read(in, () -> new Column(in.readString(), ValueType.valueOf(in.readString())));
    }
}
