package io.millrace.planner.plan;

import io.millrace.planner.plan.Reading.ClusterSource;
import io.millrace.planner.plan.Reading.Computed;
import io.millrace.planner.plan.Reading.CountedCollection;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.planner.plan.Reading.DegreeSource;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.MembersGiven;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.Reading.Rows;
import io.millrace.planner.plan.Reading.Source;
import io.millrace.planner.plan.Reading.StatisticsSource;
import io.millrace.planner.plan.Reading.StatusSource;
import io.millrace.planner.plan.Reading.TopVertices;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.PredicateCodec;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Readings in binary: a kind byte and what the kind has, sources and members likewise. Kinds are append only. */
final class ReadingCodec {
    private static final int ROWS = 0;
    private static final int ROWS_BY_KEY = 1;
    private static final int COMPUTED = 2;

    private static final int STATUS = 0;
    private static final int STATISTICS = 1;
    private static final int DEGREE = 2;
    private static final int CLUSTERS = 3;
    private static final int STATISTICS_OF_EDGES = 4;
    private static final int TOP_DEGREES = 5;

    private ReadingCodec() {}

    static void write(Reading reading, ValueWriter out) {
        if (reading instanceof Rows rows) {
            out.writeByte(rows.scan().keys() == null ? ROWS : ROWS_BY_KEY);
            writeFront(reading, out);
            StepCodec.writeScan(rows.scan(), out);
        } else {
            out.writeByte(COMPUTED);
            writeFront(reading, out);
            writeComputed((Computed) reading, out);
        }
    }

    static Reading read(StepHead head, ValueReader in) {
        int kind = in.readByte();
        String type = in.readString();
        Members members = readMembers(in);
        boolean intKey = in.readBoolean();
        return switch (kind) {
            case ROWS -> new Rows(type, (DocumentScan) StepCodec.readScan(head, in, false), members, intKey);
            case ROWS_BY_KEY -> new Rows(type, (DocumentScan) StepCodec.readScan(head, in, true), members, intKey);
            case COMPUTED -> readComputed(head, type, members, intKey, in);
            default -> throw new IllegalStateException("unknown kind of reading " + kind);
        };
    }

    private static void writeFront(Reading reading, ValueWriter out) {
        out.writeString(reading.type());
        writeMembers(reading.members(), out);
        out.writeBoolean(reading.intKey());
    }

    static void writeMembers(@Nullable Members members, ValueWriter out) {
        if (members == null) {
            out.writeByte(0);
        } else if (members instanceof MembersOfColumn of) {
            out.writeByte(1);
            out.writeVarint(of.step());
            out.writeVarint(of.column());
        } else {
            out.writeByte(2);
            CodecLists.writeStrings(((MembersGiven) members).keys(), out);
        }
    }

    static @Nullable Members readMembers(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> null;
            case 1 -> new MembersOfColumn(in.readVarint(), in.readVarint());
            case 2 -> new MembersGiven(CodecLists.readStrings(in));
            default -> throw new IllegalStateException("unknown kind of members " + kind);
        };
    }

    private static void writeComputed(Computed computed, ValueWriter out) {
        CodecLists.writeColumns(computed.columns(), out);
        out.writeVarint(computed.keyColumn());
        PredicateCodec.write(computed.filter(), out);
        CodecLists.writeInts(computed.output(), out);
        CodecLists.write(computed.orderBy(), out, key -> {
            out.writeVarint(key.column());
            out.writeBoolean(key.descending());
        });
        StepCodec.writeLimit(computed.limit(), out);
        writeSource(computed.source(), out);
    }

    private static Computed readComputed(
            StepHead head, String type, @Nullable Members members, boolean intKey, ValueReader in) {
        List<Column> columns = CodecLists.readColumns(in);
        int keyColumn = in.readVarint();
        var filter = PredicateCodec.read(in);
        List<Integer> output = CodecLists.readInts(in);
        List<OrderKey> orderBy = CodecLists.read(in, () -> new OrderKey(in.readVarint(), in.readBoolean()));
        RowLimit limit = StepCodec.readLimit(in);
        StepHead whole = new StepHead(head.id(), head.dependencies(), head.timeoutMs(), columns);
        Source source = readSource(whole, in);
        return new Computed(type, source, columns, keyColumn, members, intKey, filter, output, orderBy, limit);
    }

    private static void writeSource(Source source, ValueWriter out) {
        if (source instanceof StatusSource status) {
            out.writeByte(STATUS);
            StepCodec.writeStatus(status.status(), out);
        } else if (source instanceof StatisticsSource statistics) {
            out.writeByte(STATISTICS_OF_EDGES);
            CodecLists.write(statistics.collections(), out, collection -> {
                out.writeLong(collection.id());
                out.writeString(collection.name());
                writeEdgeTypes(collection.edgeTypes(), out);
            });
        } else if (source instanceof DegreeSource degree) {
            TopVertices top = degree.top();
            out.writeByte(top == null ? DEGREE : TOP_DEGREES);
            writeDegree(degree, out);
            if (top != null) {
                out.writeLong(top.collectionId());
                out.writeInt(top.k());
            }
        } else {
            ClusterSource clusters = (ClusterSource) source;
            out.writeByte(CLUSTERS);
            out.writeString(clusters.collection());
            out.writeLong(clusters.indexId());
            out.writeString(clusters.index());
        }
    }

    /** @param whole with all columns of the type */
    private static Source readSource(StepHead whole, ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case STATUS -> new StatusSource((IndexStatus) StepCodec.readStatus(whole, in));
            case STATISTICS ->
                new StatisticsSource(
                        CodecLists.read(in, () -> new CountedCollection(in.readLong(), in.readString(), List.of())));
            case STATISTICS_OF_EDGES ->
                new StatisticsSource(CodecLists.read(
                        in, () -> new CountedCollection(in.readLong(), in.readString(), readEdgeTypes(in))));
            case DEGREE -> readDegree(in, false);
            case TOP_DEGREES -> readDegree(in, true);
            case CLUSTERS -> new ClusterSource(in.readString(), in.readLong(), in.readString());
            default -> throw new IllegalStateException("unknown source of a reading " + kind);
        };
    }

    private static void writeDegree(DegreeSource degree, ValueWriter out) {
        out.writeString(degree.collection());
        writeEdgeTypes(degree.edgeTypes(), out);
        out.writeBoolean(degree.outgoing());
        out.writeBoolean(degree.incoming());
    }

    private static DegreeSource readDegree(ValueReader in, boolean top) {
        return new DegreeSource(
                in.readString(),
                readEdgeTypes(in),
                in.readBoolean(),
                in.readBoolean(),
                top ? new TopVertices(in.readLong(), in.readInt()) : null);
    }

    private static void writeEdgeTypes(List<CountedEdges> types, ValueWriter out) {
        CodecLists.write(types, out, type -> {
            out.writeLong(type.id());
            out.writeString(type.name());
            out.writeBoolean(type.leaves());
            out.writeBoolean(type.comes());
        });
    }

    private static List<CountedEdges> readEdgeTypes(ValueReader in) {
        return CodecLists.read(
                in, () -> new CountedEdges(in.readLong(), in.readString(), in.readBoolean(), in.readBoolean()));
    }
}
