package io.millrace.planner.plan;

import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.PlannedRequest.Command;
import io.millrace.planner.plan.PlannedRequest.Outcome;
import io.millrace.planner.plan.PlannedRequest.Run;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.codec.FragmentCodec;
import io.millrace.protocol.codec.ProblemCodec;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Planned requests in binary, the version in front; like {@link PlanCodec} for the state of coordinators. */
public final class PlannedRequestCodec {
    private static final int VERSION = 1;

    private PlannedRequestCodec() {}

    public static void write(PlannedRequest request, ValueWriter out) {
        out.writeByte(VERSION);
        out.writeString(request.requestId());
        writeOrigin(request.origin(), out);
        out.writeLong(request.contentHash());
        out.writeString(request.explain().name());
        FragmentCodec.writeToken(request.minOffsets(), out);
        FragmentCodec.writeNullableLong(request.maxLagMs(), out);
        out.writeBoolean(request.returnAll());
        out.writeLong(request.startedMs());
        out.writeLong(request.deadlineMs());
        out.writeLong(request.catalogVersion());
        writeOutcome(request.outcome(), out);
    }

    public static PlannedRequest read(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown planned request version " + version);
        }
        return new PlannedRequest(
                in.readString(),
                readOrigin(in),
                in.readLong(),
                ExplainLevel.valueOf(in.readString()),
                FragmentCodec.readToken(in),
                FragmentCodec.readNullableLong(in),
                in.readBoolean(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readOutcome(in));
    }

    private static void writeOrigin(RequestOrigin origin, ValueWriter out) {
        out.writeString(origin.tenant());
        out.writeLong(origin.timestampMs());
        out.writeNullableString(origin.replyTopic());
        byte[] correlationId = origin.correlationId();
        out.writeBoolean(correlationId != null);
        if (correlationId != null) {
            out.writeBytes(correlationId);
        }
    }

    private static RequestOrigin readOrigin(ValueReader in) {
        return new RequestOrigin(
                in.readString(), in.readLong(), in.readNullableString(), in.readBoolean() ? in.readBytes() : null);
    }

    private static void writeOutcome(Outcome outcome, ValueWriter out) {
        if (outcome instanceof Run run) {
            out.writeByte(1);
            PlanCodec.write(run.plan(), out);
        } else if (outcome instanceof Command command) {
            out.writeByte(2);
            out.writeString(command.command().object());
            out.writeBytes(ControlCodec.write(command.command().entry()));
        } else {
            Answer answer = (Answer) outcome;
            out.writeByte(3);
            writeTable(answer.table(), out);
            out.writeNullableString(answer.explain());
            CodecLists.write(answer.errors(), out, problem -> ProblemCodec.write(problem, out));
            CodecLists.write(answer.warnings(), out, problem -> ProblemCodec.write(problem, out));
        }
    }

    private static Outcome readOutcome(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 1 -> new Run(PlanCodec.read(in));
            case 2 -> readCommand(in);
            case 3 ->
                new Answer(
                        readTable(in),
                        in.readNullableString(),
                        CodecLists.read(in, () -> ProblemCodec.read(in)),
                        CodecLists.read(in, () -> ProblemCodec.read(in)));
            default -> throw new IllegalStateException("unknown outcome " + kind);
        };
    }

    private static Command readCommand(ValueReader in) {
        String object = in.readString();
        try {
            return new Command(new CatalogCommand(ControlCodec.read(in.readBytes()), object));
        } catch (MillraceException e) {
            throw new IllegalStateException("the control record of a planned request cannot be read", e);
        }
    }

    private static void writeTable(@Nullable ResultTable table, ValueWriter out) {
        out.writeBoolean(table != null);
        if (table != null) {
            CodecLists.writeColumns(table.columns(), out);
            CodecLists.write(table.rows(), out, row -> {
                for (Object value : row) {
                    out.writeValue(value);
                }
            });
            out.writeBoolean(table.truncated());
        }
    }

    private static @Nullable ResultTable readTable(ValueReader in) {
        if (!in.readBoolean()) {
            return null;
        }
        List<Column> columns = CodecLists.readColumns(in);
        List<Object[]> rows = CodecLists.read(in, () -> {
            @Nullable Object[] row = new @Nullable Object[columns.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = in.readValue();
            }
            return row;
        });
        return new ResultTable(columns, rows, in.readBoolean());
    }
}
