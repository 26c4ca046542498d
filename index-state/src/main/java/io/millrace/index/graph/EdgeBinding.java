package io.millrace.index.graph;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.FieldConverter;
import io.millrace.index.document.FieldTable;
import io.millrace.index.document.KeyParser;
import io.millrace.index.store.Bytes;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An edge type as one version of the catalog has it, ready for the way of the events. */
public final class EdgeBinding {
    private final EdgeType type;
    private final CollectionBinding from;
    private final CollectionBinding to;
    private final FieldTable table;
    private final int timeOrdinal;

    public EdgeBinding(EdgeType type, CollectionBinding from, CollectionBinding to) {
        this.type = type;
        this.from = from;
        this.to = to;
        table = new FieldTable(type.fields());
        timeOrdinal = type.timeField() == null ? -1 : table.find(type.timeField());
    }

    public EdgeType type() {
        return type;
    }

    FieldTable table() {
        return table;
    }

    /**
     * Checks the change and returns it as the start of the edge sees it, or with {@code reverse} as the end does. Where
     * {@code problems} is then not empty, what is returned means nothing.
     */
    EdgeWrite read(EdgeChange change, boolean reverse, long timestampMs, List<Problem> problems) {
        addIfAny(KeyParser.check(from, change.from()), "from", problems);
        addIfAny(KeyParser.check(to, change.to()), "to", problems);
        boolean delete = change.kind() == ChangeKind.DELETE;
        ValueReader in = change.fields().reader();
        int count = in.readVarint();
        ValueWriter entries = new ValueWriter(count == 0 ? 0 : 64);
        Long time = delete ? null : readFields(in, count, entries, problems);
        return new EdgeWrite(
                delete,
                !reverse,
                Bytes.utf8(reverse ? change.to() : change.from()),
                EdgeFormat.key(reverse ? change.from() : change.to(), change.id()),
                time == null ? timestampMs : time,
                entries.toBytes());
    }

    private static void addIfAny(@Nullable Problem problem, String end, List<Problem> problems) {
        if (problem != null) {
            problems.add(problem.withPath("$." + end));
        }
    }

    /** Returns the value of the time field, or null. */
    private @Nullable Long readFields(ValueReader in, int count, ValueWriter entries, List<Problem> problems) {
        Long time = null;
        BitSet seen = new BitSet();
        for (int left = count; left > 0; left--) {
            int length = in.readVarint();
            int start = in.position();
            in.position(start + length);
            int ordinal = table.find(in.buffer(), start, length);
            if (ordinal < 0) {
                problems.add(unknown(new String(in.buffer(), start, length, StandardCharsets.UTF_8)));
                in.skipValue();
            } else if (seen.get(ordinal)) {
                problems.add(Problem.of(
                        ErrorCode.INVALID_FIELD,
                        "field \"" + table.field(ordinal).name() + "\" is given twice"));
                in.skipValue();
            } else {
                seen.set(ordinal);
                int value = readField(ordinal, in, entries, problems);
                if (ordinal == timeOrdinal && value >= 0) {
                    time = Bytes.toLong(entries.buffer(), value + 1);
                }
            }
        }
        return time;
    }

    /** Returns where in {@code entries} the value stands, or -1 if there is none. */
    private int readField(int ordinal, ValueReader in, ValueWriter entries, List<Problem> problems) {
        Field field = table.field(ordinal);
        if (in.buffer()[in.position()] == ValueWriter.NULL) {
            in.skipValue();
            return -1;
        }
        if (field.type() == ValueType.VECTOR) {
            in.skipValue();
            problems.add(Problem.of(ErrorCode.INVALID_TYPE, "an edge cannot have vector \"" + field.name() + "\""));
            return -1;
        }
        int before = entries.length();
        entries.writeVarint(ordinal);
        int value = entries.length();
        Problem problem = FieldConverter.convert(field, in, entries);
        if (problem == null) {
            return value;
        }
        problems.add(problem);
        entries.truncate(before);
        return -1;
    }

    private Problem unknown(String name) {
        return Problem.of(ErrorCode.INVALID_FIELD, "edge type \"" + type.name() + "\" has no field \"" + name + "\"")
                .withNearest(table.nearest(name));
    }
}
