package io.millrace.protocol.codec;

import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;

/** What shards are to group, in binary; versioned by what it is part of. */
public final class GroupingCodec {
    private static final AggregateFunction[] FUNCTIONS = AggregateFunction.values();
    private static final TimeBucket[] BUCKETS = TimeBucket.values();
    private static final int NO_BUCKET = -1;

    private GroupingCodec() {}

    /** Without the filters of groupings. */
    static void write(AggregateDocuments operation, ValueWriter out) {
        FragmentCodec.writeSelection(operation.selection(), out);
        CodecLists.write(operation.groupings(), out, grouping -> writeGrouping(grouping, out));
        out.writeLong(operation.bytesMax());
    }

    static AggregateDocuments read(ValueReader in) {
        return new AggregateDocuments(
                FragmentCodec.readSelection(in), CodecLists.read(in, () -> readGrouping(in)), in.readLong());
    }

    static void writeFilters(AggregateDocuments operation, ValueWriter out) {
        operation.groupings().forEach(grouping -> PredicateCodec.write(grouping.filter(), out));
    }

    static AggregateDocuments readFiltered(ValueReader in) {
        AggregateDocuments whole = read(in);
        List<Grouping> filtered = new ArrayList<>();
        for (Grouping grouping : whole.groupings()) {
            filtered.add(grouping.of(PredicateCodec.read(in)));
        }
        return new AggregateDocuments(whole.selection(), filtered, whole.bytesMax());
    }

    static boolean hasFilters(AggregateDocuments operation) {
        return operation.groupings().stream()
                .anyMatch(grouping -> !grouping.filter().equals(Predicate.ALWAYS));
    }

    /** Without its filter. */
    public static void writeGrouping(Grouping grouping, ValueWriter out) {
        CodecLists.write(grouping.keys(), out, key -> {
            TimeBucket bucket = key.bucket();
            out.writeString(key.column());
            out.writeByte(bucket == null ? NO_BUCKET : bucket.ordinal());
        });
        CodecLists.write(grouping.metrics(), out, metric -> {
            out.writeByte(metric.function().ordinal());
            out.writeNullableString(metric.column());
            out.writeBoolean(metric.whole());
        });
    }

    public static Grouping readGrouping(ValueReader in) {
        List<Grouping.Key> keys = CodecLists.read(in, () -> readKey(in));
        return new Grouping(
                keys,
                CodecLists.read(
                        in,
                        () -> new Grouping.Metric(
                                FUNCTIONS[in.readByte()], in.readNullableString(), in.readBoolean())));
    }

    private static Grouping.Key readKey(ValueReader in) {
        String column = in.readString();
        int bucket = in.readByte();
        return new Grouping.Key(column, bucket == NO_BUCKET ? null : BUCKETS[bucket]);
    }
}
