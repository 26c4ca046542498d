package io.millrace.planner.plan;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.Step.Aggregate;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.planner.plan.Step.Start;
import io.millrace.planner.plan.Step.StartAtColumn;
import io.millrace.planner.plan.Step.StartAtKeys;
import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.FragmentCodec;
import io.millrace.protocol.codec.GroupingCodec;
import io.millrace.protocol.codec.PredicateCodec;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps in binary: a kind byte, the head, and what the kind has. Kinds are append only. */
final class StepCodec {
    private static final JoinType[] JOIN_TYPES = JoinType.values();
    private static final AggregateFunction[] FUNCTIONS = AggregateFunction.values();
    private static final TimeBucket[] BUCKETS = TimeBucket.values();
    private static final Fusion.Method[] METHODS = Fusion.Method.values();

    private StepCodec() {}

    static void write(Step step, ValueWriter out) {
        if (step instanceof DocumentScan scan) {
            out.writeByte(scan.keys() == null ? 1 : 6);
            writeHead(scan.head(), out);
            writeScan(scan, out);
        } else if (step instanceof VectorSearch search) {
            out.writeByte(search.later() == null ? 2 : search.later() instanceof RowQuery ? 21 : 20);
            writeHead(search.head(), out);
            writeLater(search.later(), out);
            writeSearch(search, out);
        } else if (step instanceof GraphTraverse traverse) {
            out.writeByte(3);
            writeHead(traverse.head(), out);
            writeTraverse(traverse, out);
        } else if (step instanceof ComputeFilter filter) {
            out.writeByte(4);
            writeHead(filter.head(), out);
            writeFilter(filter, out);
        } else if (step instanceof ComputeAggregate aggregate) {
            out.writeByte(8);
            writeHead(aggregate.head(), out);
            writeAggregate(aggregate, out);
            writeOrder(aggregate.orderBy(), out);
            writeLimit(aggregate.limit(), out);
        } else if (step instanceof ComputeTimeline timeline) {
            out.writeByte(9);
            writeHead(timeline.head(), out);
            writeTimeline(timeline, out);
        } else if (step instanceof DocumentGroups groups) {
            boolean filtered = hasFilters(groups);
            out.writeByte(filtered ? 12 : 10);
            writeHead(groups.head(), out);
            writeGroups(groups, out);
            if (filtered) {
                groups.consumers().forEach(consumer -> PredicateCodec.write(consumer.filter(), out));
            }
        } else if (step instanceof ComputeFuse fuse) {
            out.writeByte(11);
            writeHead(fuse.head(), out);
            writeFuse(fuse, out);
        } else if (step instanceof IndexStatus status) {
            out.writeByte(7);
            writeHead(status.head(), out);
            writeStatus(status, out);
        } else if (step instanceof ComputeRead read) {
            out.writeByte(30);
            writeHead(read.head(), out);
            ReadingCodec.write(read.reading(), out);
        } else {
            QueryStepCodec.write(step, out);
        }
    }

    static Step read(ValueReader in) {
        int kind = in.readByte();
        StepHead head = readHead(in);
        return switch (kind) {
            case 1 -> readScan(head, in, false);
            case 2 -> readSearch(head, null, in);
            case 3 -> readTraverse(head, in);
            case 4 -> readFilter(head, in);
            case 5 -> readAggregate(head, in, false);
            case 6 -> readScan(head, in, true);
            case 7 -> readStatus(head, in);
            case 8 -> readAggregate(head, in, true);
            case 9 -> readTimeline(head, in);
            case 10 -> readGroups(head, in);
            case 11 -> readFuse(head, in);
            case 12 -> readFilters(readGroups(head, in), in);
            case 20 -> readSearch(head, new TextQuery(in.readString(), in.readVarint()), in);
            case 21 -> readSearch(head, RowQueryCodec.read(in), in);
            case 30 -> new ComputeRead(head, ReadingCodec.read(head, in));
            default -> QueryStepCodec.read(kind, head, in);
        };
    }

    private static StepHead readHead(ValueReader in) {
        return new StepHead(in.readString(), CodecLists.readInts(in), in.readLong(), CodecLists.readColumns(in));
    }

    static void writeHead(StepHead head, ValueWriter out) {
        out.writeString(head.id());
        CodecLists.writeInts(head.dependencies(), out);
        out.writeLong(head.timeoutMs());
        CodecLists.writeColumns(head.columns(), out);
    }

    static void writeScan(DocumentScan scan, ValueWriter out) {
        out.writeString(scan.collection());
        FragmentCodec.writeSelection(scan.selection(), out);
        if (scan.keys() != null) {
            CodecLists.writeStrings(scan.keys(), out);
        }
        CodecLists.writeStrings(scan.fetch(), out);
        CodecLists.writeInts(scan.output(), out);
        FragmentCodec.writeSortKeys(scan.orderBy(), out);
        writeLimit(scan.limit(), out);
    }

    static Step readScan(StepHead head, ValueReader in, boolean byKey) {
        return new DocumentScan(
                head,
                in.readString(),
                FragmentCodec.readSelection(in),
                byKey ? CodecLists.readStrings(in) : null,
                CodecLists.readStrings(in),
                CodecLists.readInts(in),
                FragmentCodec.readSortKeys(in),
                readLimit(in));
    }

    static void writeLater(@Nullable LaterQuery later, ValueWriter out) {
        if (later instanceof TextQuery text) {
            out.writeString(text.text());
            out.writeVarint(text.dimension());
        } else if (later instanceof RowQuery row) {
            RowQueryCodec.write(row, out);
        }
    }

    static void writeSearch(VectorSearch step, ValueWriter out) {
        out.writeString(step.collection());
        out.writeNullableString(step.index());
        out.writeNullableString(step.reason());
        SearchVectors search = step.search();
        FragmentCodec.writeSelection(search.selection(), out);
        out.writeString(search.field());
        FragmentCodec.writeNullableLong(search.indexId(), out);
        out.writeString(search.metric().name());
        out.writeFloats(search.query());
        out.writeInt(search.k());
        CodecLists.writeStrings(search.columns(), out);
        out.writeBoolean(search.exact());
        out.writeInt(search.efSearch());
        out.writeDouble(search.alpha());
        CodecLists.writeInts(step.output(), out);
    }

    static VectorSearch readSearch(StepHead head, @Nullable LaterQuery later, ValueReader in) {
        String collection = in.readString();
        String index = in.readNullableString();
        String reason = in.readNullableString();
        SearchVectors search = new SearchVectors(
                FragmentCodec.readSelection(in),
                in.readString(),
                FragmentCodec.readNullableLong(in),
                Metric.valueOf(in.readString()),
                in.readFloats(),
                in.readInt(),
                CodecLists.readStrings(in),
                in.readBoolean(),
                in.readInt(),
                in.readDouble());
        return new VectorSearch(head, collection, index, reason, search, later, CodecLists.readInts(in));
    }

    private static void writeTraverse(GraphTraverse step, ValueWriter out) {
        writeStart(step.start(), out);
        CodecLists.write(step.collections(), out, each -> PatternCodec.writeVertices(each, out));
        CodecLists.write(step.hops(), out, hop -> PatternCodec.writeHop(hop, out));
        PredicateCodec.write(step.edgeFilter(), out);
        FragmentCodec.writeRange(step.timeRange(), out);
        out.writeVarint(step.depth());
        out.writeBoolean(step.count());
        CodecLists.writeStrings(step.startFields(), out);
        CodecLists.writeStrings(step.vertexFields(), out);
        writeLimit(step.limit(), out);
    }

    private static Step readTraverse(StepHead head, ValueReader in) {
        return new GraphTraverse(
                head,
                readStart(in),
                CodecLists.read(in, () -> PatternCodec.readVertices(in)),
                CodecLists.read(in, () -> PatternCodec.readHop(in)),
                PredicateCodec.read(in),
                FragmentCodec.readRange(in),
                in.readVarint(),
                in.readBoolean(),
                CodecLists.readStrings(in),
                CodecLists.readStrings(in),
                readLimit(in));
    }

    private static void writeStart(Start start, ValueWriter out) {
        if (start instanceof StartAtColumn at) {
            out.writeByte(0);
            out.writeVarint(at.step());
            out.writeVarint(at.column());
        } else {
            out.writeByte(1);
            CodecLists.writeStrings(((StartAtKeys) start).keys(), out);
        }
    }

    private static Start readStart(ValueReader in) {
        return in.readByte() == 0
                ? new StartAtColumn(in.readVarint(), in.readVarint())
                : new StartAtKeys(CodecLists.readStrings(in));
    }

    private static void writeFilter(ComputeFilter step, ValueWriter out) {
        out.writeVarint(step.input());
        Join join = step.join();
        out.writeBoolean(join != null);
        if (join != null) {
            out.writeVarint(join.step());
            out.writeByte(join.type().ordinal());
            CodecLists.writeInts(join.inputKeys(), out);
            CodecLists.writeInts(join.joinedKeys(), out);
        }
        ConditionCodec.write(step.condition(), out);
        CodecLists.writeInts(step.output(), out);
        writeOrder(step.orderBy(), out);
        writeLimit(step.limit(), out);
    }

    private static Step readFilter(StepHead head, ValueReader in) {
        return new ComputeFilter(
                head,
                in.readVarint(),
                readJoin(in),
                ConditionCodec.read(in),
                CodecLists.readInts(in),
                readOrder(in),
                readLimit(in));
    }

    private static @Nullable Join readJoin(ValueReader in) {
        return in.readBoolean()
                ? new Join(in.readVarint(), JOIN_TYPES[in.readByte()], CodecLists.readInts(in), CodecLists.readInts(in))
                : null;
    }

    private static void writeAggregate(ComputeAggregate step, ValueWriter out) {
        out.writeVarint(step.input());
        CodecLists.writeInts(step.groupBy(), out);
        CodecLists.write(step.aggregates(), out, aggregate -> {
            out.writeByte(aggregate.function().ordinal());
            out.writeInt(aggregate.column());
        });
        out.writeInt(step.timeColumn());
        out.writeInt(step.idColumn());
    }

    /** @param ordered whether it has an order and a limit, which those of former versions have not */
    private static Step readAggregate(StepHead head, ValueReader in, boolean ordered) {
        return new ComputeAggregate(
                head,
                in.readVarint(),
                CodecLists.readInts(in),
                CodecLists.read(in, () -> readMetric(in)),
                in.readInt(),
                in.readInt(),
                ordered ? readOrder(in) : List.of(),
                ordered ? readLimit(in) : new RowLimit(PlanLimits.DEFAULT.rowsMax(), false));
    }

    private static Aggregate readMetric(ValueReader in) {
        return new Aggregate(FUNCTIONS[in.readByte()], in.readInt());
    }

    private static void writeTimeline(ComputeTimeline step, ValueWriter out) {
        out.writeVarint(step.input());
        out.writeInt(step.timeColumn());
        out.writeInt(step.idColumn());
        out.writeByte(step.bucket().ordinal());
        out.writeByte(step.aggregate().function().ordinal());
        out.writeInt(step.aggregate().column());
        writeLimit(step.limit(), out);
    }

    private static Step readTimeline(StepHead head, ValueReader in) {
        return new ComputeTimeline(
                head,
                in.readVarint(),
                in.readInt(),
                in.readInt(),
                BUCKETS[in.readByte()],
                readMetric(in),
                readLimit(in));
    }

    private static void writeGroups(DocumentGroups step, ValueWriter out) {
        out.writeString(step.collection());
        FragmentCodec.writeSelection(step.selection(), out);
        CodecLists.write(step.consumers(), out, consumer -> {
            out.writeVarint(consumer.step());
            GroupingCodec.writeGrouping(consumer.main(), out);
            out.writeVarint(consumer.distinct().size());
            for (Grouping distinct : consumer.distinct()) {
                out.writeBoolean(distinct != null);
                if (distinct != null) {
                    GroupingCodec.writeGrouping(distinct, out);
                }
            }
        });
    }

    private static boolean hasFilters(DocumentGroups step) {
        return step.consumers().stream().anyMatch(consumer -> !consumer.filter().equals(Predicate.ALWAYS));
    }

    private static Step readFilters(DocumentGroups step, ValueReader in) {
        List<StepGrouping> filtered = new ArrayList<>();
        step.consumers().forEach(consumer -> filtered.add(consumer.of(PredicateCodec.read(in))));
        return new DocumentGroups(step.head(), step.collection(), step.selection(), filtered);
    }

    private static DocumentGroups readGroups(StepHead head, ValueReader in) {
        return new DocumentGroups(
                head,
                in.readString(),
                FragmentCodec.readSelection(in),
                CodecLists.read(in, () -> readStepGrouping(in)));
    }

    private static StepGrouping readStepGrouping(ValueReader in) {
        int step = in.readVarint();
        Grouping main = GroupingCodec.readGrouping(in);
        List<@Nullable Grouping> distinct = new ArrayList<>();
        for (int left = in.readVarint(); left > 0; left--) {
            distinct.add(in.readBoolean() ? GroupingCodec.readGrouping(in) : null);
        }
        return new StepGrouping(step, main, distinct);
    }

    private static void writeFuse(ComputeFuse step, ValueWriter out) {
        CodecLists.write(step.lists(), out, list -> {
            out.writeVarint(list.step());
            out.writeVarint(list.keyColumn());
            out.writeInt(list.scoreColumn());
            out.writeBoolean(list.distance());
            out.writeDouble(list.weight());
        });
        writeFusion(step.fusion(), out);
        CodecLists.write(step.carried(), out, places -> CodecLists.write(places, out, out::writeInt));
        writeLimit(step.limit(), out);
    }

    static void writeFusion(Fusion fusion, ValueWriter out) {
        out.writeByte(fusion.method().ordinal());
        out.writeInt(fusion.rankConstant());
        out.writeInt(fusion.window());
        out.writeDouble(fusion.averageWeight());
        out.writeDouble(fusion.maximumWeight());
        out.writeDouble(fusion.hitWeight());
    }

    static Fusion readFusion(ValueReader in) {
        return new Fusion(
                METHODS[in.readByte()], in.readInt(), in.readInt(), in.readDouble(), in.readDouble(), in.readDouble());
    }

    private static Step readFuse(StepHead head, ValueReader in) {
        List<FusedList> lists = CodecLists.read(
                in,
                () -> new FusedList(in.readVarint(), in.readVarint(), in.readInt(), in.readBoolean(), in.readDouble()));
        Fusion fusion = readFusion(in);
        List<List<Integer>> carried = CodecLists.read(in, () -> CodecLists.read(in, in::readInt));
        return new ComputeFuse(head, lists, fusion, carried, readLimit(in));
    }

    static void writeOrder(List<OrderKey> order, ValueWriter out) {
        CodecLists.write(order, out, key -> {
            out.writeVarint(key.column());
            out.writeBoolean(key.descending());
        });
    }

    static List<OrderKey> readOrder(ValueReader in) {
        return CodecLists.read(in, () -> new OrderKey(in.readVarint(), in.readBoolean()));
    }

    static void writeStatus(IndexStatus step, ValueWriter out) {
        out.writeNullableString(step.index());
        CodecLists.write(step.indexes(), out, index -> {
            out.writeLong(index.id());
            out.writeString(index.name());
            out.writeInt(index.dimension());
            out.writeString(index.metric().name());
            out.writeString(index.engine().name());
            out.writeInt(index.efConstruction());
            out.writeInt(index.efSearch());
            out.writeString(index.mode().name());
            out.writeBoolean(index.intKey());
        });
    }

    static Step readStatus(StepHead head, ValueReader in) {
        return new IndexStatus(
                head,
                in.readNullableString(),
                CodecLists.read(
                        in,
                        () -> new IndexFacts(
                                in.readLong(),
                                in.readString(),
                                in.readInt(),
                                Metric.valueOf(in.readString()),
                                VectorEngine.valueOf(in.readString()),
                                in.readInt(),
                                in.readInt(),
                                FreshnessMode.valueOf(in.readString()),
                                in.readBoolean())));
    }

    static void writeLimit(RowLimit limit, ValueWriter out) {
        out.writeInt(limit.rows());
        out.writeBoolean(limit.asked());
    }

    static RowLimit readLimit(ValueReader in) {
        return new RowLimit(in.readInt(), in.readBoolean());
    }
}
