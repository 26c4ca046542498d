package io.millrace.protocol.codec;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fragments in binary, the version in front. They live in no checkpoint: readers need to know one version only. */
public final class FragmentCodec {
    private static final int VERSION = 2;

    private FragmentCodec() {}

    public static void write(Fragment fragment, ValueWriter out) {
        out.writeByte(VERSION);
        out.writeString(fragment.requestId());
        out.writeInt(fragment.attempt());
        out.writeInt(fragment.step());
        out.writeInt(fragment.round());
        out.writeLong(fragment.catalogVersion());
        out.writeLong(fragment.deadlineMs());
        writeToken(fragment.minOffsets(), out);
        writeOperation(fragment.operation(), out);
    }

    public static Fragment read(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown fragment version " + version);
        }
        return new Fragment(
                in.readString(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                readToken(in),
                readOperation(in));
    }

    public static void writeToken(OffsetToken token, ValueWriter out) {
        out.writeVarint(token.nextOffsets().size());
        new TreeMap<>(token.nextOffsets()).forEach((partition, next) -> {
            out.writeString(partition);
            out.writeLong(next);
        });
    }

    public static OffsetToken readToken(ValueReader in) {
        int count = in.readVarint();
        if (count == 0) {
            return OffsetToken.NONE;
        }
        Map<String, Long> nextOffsets = new HashMap<>();
        for (int i = 0; i < count; i++) {
            nextOffsets.put(in.readString(), in.readLong());
        }
        return new OffsetToken(nextOffsets);
    }

    public static void writeSelection(DocumentSelection selection, ValueWriter out) {
        out.writeLong(selection.collectionId());
        writeNullableLong(selection.eventTypeId(), out);
        writeRange(selection.timeRange(), out);
        PredicateCodec.write(selection.filter(), out);
    }

    public static DocumentSelection readSelection(ValueReader in) {
        return new DocumentSelection(in.readLong(), readNullableLong(in), readRange(in), PredicateCodec.read(in));
    }

    public static void writeSortKeys(List<SortKey> keys, ValueWriter out) {
        out.writeVarint(keys.size());
        for (SortKey key : keys) {
            out.writeString(key.column());
            out.writeBoolean(key.descending());
        }
    }

    public static List<SortKey> readSortKeys(ValueReader in) {
        int count = in.readVarint();
        List<SortKey> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(new SortKey(in.readString(), in.readBoolean()));
        }
        return keys;
    }

    public static void writeRange(@Nullable TimeRange range, ValueWriter out) {
        out.writeBoolean(range != null);
        if (range != null) {
            out.writeLong(range.fromMs());
            out.writeLong(range.toMs());
        }
    }

    public static @Nullable TimeRange readRange(ValueReader in) {
        return in.readBoolean() ? new TimeRange(in.readLong(), in.readLong()) : null;
    }

    public static void writeNullableLong(@Nullable Long value, ValueWriter out) {
        out.writeBoolean(value != null);
        if (value != null) {
            out.writeLong(value);
        }
    }

    public static @Nullable Long readNullableLong(ValueReader in) {
        return in.readBoolean() ? in.readLong() : null;
    }

    private static void writeOperation(FragmentOperation operation, ValueWriter out) {
        if (operation instanceof ScanDocuments scan) {
            out.writeByte(0);
            writeSelection(scan.selection(), out);
            CodecLists.writeStrings(scan.columns(), out);
            writeSortKeys(scan.orderBy(), out);
            out.writeInt(scan.limit());
        } else if (operation instanceof FetchDocuments fetch) {
            out.writeByte(1);
            writeSelection(fetch.selection(), out);
            CodecLists.writeStrings(fetch.keys(), out);
            CodecLists.writeStrings(fetch.columns(), out);
        } else if (operation instanceof SearchVectors search) {
            out.writeByte(2);
            writeSelection(search.selection(), out);
            out.writeString(search.field());
            writeNullableLong(search.indexId(), out);
            out.writeByte(search.metric().ordinal());
            out.writeFloats(search.query());
            out.writeInt(search.k());
            CodecLists.writeStrings(search.columns(), out);
            out.writeBoolean(search.exact());
            out.writeInt(search.efSearch());
            out.writeDouble(search.alpha());
            writeKeys(search.keys(), out);
            out.writeBoolean(search.farthest());
        } else if (operation instanceof ExpandVertices expand) {
            out.writeByte(3);
            writeExpand(expand, out);
        } else if (operation instanceof AggregateDocuments aggregate) {
            boolean filtered = GroupingCodec.hasFilters(aggregate);
            out.writeByte(filtered ? 6 : 5);
            GroupingCodec.write(aggregate, out);
            if (filtered) {
                GroupingCodec.writeFilters(aggregate, out);
            }
        } else if (operation instanceof ReadIndexStatus read) {
            out.writeByte(4);
            writeNullableLong(read.indexId(), out);
        } else {
            ComputedReadCodec.write(operation, out);
        }
    }

    public static void writeKeys(@Nullable RowKeys keys, ValueWriter out) {
        out.writeBoolean(keys != null);
        if (keys != null) {
            CodecLists.writeStrings(keys.keys(), out);
            out.writeBoolean(keys.excluded());
        }
    }

    public static @Nullable RowKeys readKeys(ValueReader in) {
        return in.readBoolean() ? new RowKeys(CodecLists.readStrings(in), in.readBoolean()) : null;
    }

    private static void writeExpand(ExpandVertices expand, ValueWriter out) {
        CodecLists.write(expand.vertices(), out, vertex -> writeVertex(vertex, out));
        CodecLists.write(expand.lookups(), out, lookup -> writeLookup(lookup, out));
        PredicateCodec.write(expand.edgeFilter(), out);
        writeRange(expand.timeRange(), out);
        out.writeInt(expand.neighboursMax());
    }

    private static FragmentOperation readOperation(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> new ScanDocuments(readSelection(in), CodecLists.readStrings(in), readSortKeys(in), in.readInt());
            case 1 -> new FetchDocuments(readSelection(in), CodecLists.readStrings(in), CodecLists.readStrings(in));
            case 2 ->
                new SearchVectors(
                        readSelection(in),
                        in.readString(),
                        readNullableLong(in),
                        Metric.values()[in.readByte()],
                        in.readFloats(),
                        in.readInt(),
                        CodecLists.readStrings(in),
                        in.readBoolean(),
                        in.readInt(),
                        in.readDouble(),
                        readKeys(in),
                        in.readBoolean());
            case 3 -> readExpand(in);
            case 4 -> new ReadIndexStatus(readNullableLong(in));
            case 5 -> GroupingCodec.read(in);
            case 6 -> GroupingCodec.readFiltered(in);
            default -> ComputedReadCodec.read(kind, in);
        };
    }

    private static ExpandVertices readExpand(ValueReader in) {
        return new ExpandVertices(
                CodecLists.read(in, () -> readVertex(in)),
                CodecLists.read(in, () -> readLookup(in)),
                PredicateCodec.read(in),
                readRange(in),
                in.readInt());
    }

    static void writeVertex(Vertex vertex, ValueWriter out) {
        out.writeVarint(vertex.collection());
        out.writeString(vertex.key());
    }

    static Vertex readVertex(ValueReader in) {
        return new Vertex(in.readVarint(), in.readString());
    }

    static void writeLookup(EdgeLookup lookup, ValueWriter out) {
        out.writeVarint(lookup.collection());
        out.writeLong(lookup.edgeTypeId());
        out.writeBoolean(lookup.outgoing());
    }

    static EdgeLookup readLookup(ValueReader in) {
        return new EdgeLookup(in.readVarint(), in.readLong(), in.readBoolean());
    }
}
