package io.millrace.planner.plan;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.StrategyDecision.Cost;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.FragmentCodec;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.jspecify.annotations.Nullable;

/** Steps of searches that are more than one question, of patterns and of statements in binary. Kinds are append only. */
final class QueryStepCodec {
    private static final int RANKED = 40;
    private static final int FUSED = 41;
    private static final int CROSS_STORE = 42;
    private static final int MATCH = 43;
    private static final int OFFSET = 44;
    /** Like the first three, and whether they are capped; the second also with a pattern. */
    private static final int RANKED_CAPPED = 45;

    private static final int FUSED_MATCH = 46;
    private static final int CROSS_STORE_CAPPED = 47;

    private static final Strategy[] STRATEGIES = Strategy.values();

    private QueryStepCodec() {}

    static void write(Step step, ValueWriter out) {
        if (step instanceof RankedSearch ranked) {
            out.writeByte(ranked.capped() ? RANKED_CAPPED : RANKED);
            StepCodec.writeHead(ranked.head(), out);
            writeSearch(ranked.search(), out);
            StepCodec.writeOrder(ranked.thenBy(), out);
            ReadingCodec.writeMembers(ranked.members(), out);
        } else if (step instanceof FusedSearch fused) {
            boolean plain = fused.match() == null && !fused.capped();
            out.writeByte(plain ? FUSED : FUSED_MATCH);
            StepCodec.writeHead(fused.head(), out);
            writeSearch(fused.search(), out);
            CodecLists.write(fused.queries(), out, out::writeFloats);
            StepCodec.writeFusion(fused.fusion(), out);
            if (!plain) {
                writeFilter(fused.match(), out);
                out.writeBoolean(fused.capped());
            }
        } else if (step instanceof CrossStoreSearch search) {
            out.writeByte(search.capped() ? CROSS_STORE_CAPPED : CROSS_STORE);
            StepCodec.writeHead(search.head(), out);
            writeCrossStore(search, out);
        } else if (step instanceof GraphMatch match) {
            out.writeByte(MATCH);
            StepCodec.writeHead(match.head(), out);
            PatternCodec.write(match.pattern(), out);
            PatternCodec.writeBindings(match.output(), out);
            StepCodec.writeLimit(match.limit(), out);
        } else if (step instanceof ComputeOffset offset) {
            out.writeByte(OFFSET);
            StepCodec.writeHead(offset.head(), out);
            out.writeVarint(offset.input());
            out.writeInt(offset.offset());
            StepCodec.writeLimit(offset.limit(), out);
        } else {
            throw new IllegalStateException("no binary form of " + step.getClass());
        }
    }

    static Step read(int kind, StepHead head, ValueReader in) {
        return switch (kind) {
            case RANKED ->
                new RankedSearch(readSearch(head, in), StepCodec.readOrder(in), ReadingCodec.readMembers(in), false);
            case FUSED ->
                new FusedSearch(
                        readSearch(head, in),
                        CodecLists.read(in, in::readFloats),
                        StepCodec.readFusion(in),
                        null,
                        false);
            case RANKED_CAPPED ->
                new RankedSearch(readSearch(head, in), StepCodec.readOrder(in), ReadingCodec.readMembers(in), true);
            case FUSED_MATCH ->
                new FusedSearch(
                        readSearch(head, in),
                        CodecLists.read(in, in::readFloats),
                        StepCodec.readFusion(in),
                        readFilter(in),
                        in.readBoolean());
            case CROSS_STORE -> readCrossStore(head, in, false);
            case CROSS_STORE_CAPPED -> readCrossStore(head, in, true);
            case MATCH ->
                new GraphMatch(head, PatternCodec.read(in), PatternCodec.readBindings(in), StepCodec.readLimit(in));
            case OFFSET -> new ComputeOffset(head, in.readVarint(), in.readInt(), StepCodec.readLimit(in));
            default -> throw new IllegalStateException("unknown step kind " + kind);
        };
    }

    private static void writeFilter(@Nullable PatternFilter match, ValueWriter out) {
        out.writeBoolean(match != null);
        if (match != null) {
            PatternCodec.write(match.pattern(), out);
            out.writeVarint(match.anchor());
            out.writeBoolean(match.negated());
        }
    }

    private static @Nullable PatternFilter readFilter(ValueReader in) {
        return in.readBoolean() ? new PatternFilter(PatternCodec.read(in), in.readVarint(), in.readBoolean()) : null;
    }

    private static void writeSearch(VectorSearch search, ValueWriter out) {
        LaterQuery later = search.later();
        out.writeByte(later == null ? 0 : later instanceof TextQuery ? 1 : 2);
        StepCodec.writeLater(later, out);
        StepCodec.writeSearch(search, out);
        FragmentCodec.writeKeys(search.search().keys(), out);
        out.writeBoolean(search.search().farthest());
    }

    private static VectorSearch readSearch(StepHead head, ValueReader in) {
        int kind = in.readByte();
        LaterQuery later = switch (kind) {
            case 0 -> null;
            case 1 -> new TextQuery(in.readString(), in.readVarint());
            default -> RowQueryCodec.read(in);
        };
        VectorSearch read = StepCodec.readSearch(head, later, in);
        return read.with(read.search().among(FragmentCodec.readKeys(in), in.readBoolean()));
    }

    private static void writeCrossStore(CrossStoreSearch step, ValueWriter out) {
        writeSearch(step.search(), out);
        PatternCodec.write(step.pattern(), out);
        out.writeVarint(step.anchor());
        out.writeBoolean(step.negated());
        Fusion fusion = step.fusion();
        out.writeBoolean(fusion != null);
        if (fusion != null) {
            StepCodec.writeFusion(fusion, out);
        }
        Strategy wanted = step.wanted();
        out.writeByte(wanted == null ? -1 : wanted.ordinal());
        StrategyDecision decision = step.decision();
        out.writeBoolean(decision != null);
        if (decision != null) {
            writeDecision(decision, out);
        }
    }

    private static CrossStoreSearch readCrossStore(StepHead head, ValueReader in, boolean capped) {
        return new CrossStoreSearch(
                readSearch(head, in),
                PatternCodec.read(in),
                in.readVarint(),
                in.readBoolean(),
                in.readBoolean() ? StepCodec.readFusion(in) : null,
                readStrategy(in),
                in.readBoolean() ? readDecision(in) : null,
                capped);
    }

    private static @Nullable Strategy readStrategy(ValueReader in) {
        int ordinal = in.readByte();
        return ordinal < 0 ? null : STRATEGIES[ordinal];
    }

    private static void writeDecision(StrategyDecision decision, ValueWriter out) {
        out.writeByte(decision.strategy().ordinal());
        out.writeString(decision.reason());
        out.writeDouble(decision.selectivity());
        out.writeDouble(decision.overFetch());
        CodecLists.write(decision.costs(), out, cost -> {
            out.writeByte(cost.strategy().ordinal());
            Double ms = cost.ms();
            out.writeBoolean(ms != null);
            if (ms != null) {
                out.writeDouble(ms);
            }
            out.writeString(cost.why());
        });
    }

    private static StrategyDecision readDecision(ValueReader in) {
        return new StrategyDecision(
                STRATEGIES[in.readByte()],
                in.readString(),
                in.readDouble(),
                in.readDouble(),
                CodecLists.read(
                        in,
                        () -> new Cost(
                                STRATEGIES[in.readByte()],
                                in.readBoolean() ? (Double) in.readDouble() : null,
                                in.readString())));
    }
}
