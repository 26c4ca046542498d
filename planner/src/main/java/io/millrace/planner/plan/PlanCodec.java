package io.millrace.planner.plan;

import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.codec.ProblemCodec;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/**
 * Plans in binary, the version in front. They live in the state of coordinators: a new version must read every older one,
 * bytes of which are committed with the tests.
 */
public final class PlanCodec {
    private static final int VERSION = 2;
    private static final PlanSource[] SOURCES = PlanSource.values();

    private PlanCodec() {}

    public static void write(Plan plan, ValueWriter out) {
        out.writeByte(VERSION);
        out.writeNullableString(plan.id());
        CodecLists.write(plan.steps(), out, step -> StepCodec.write(step, out));
        CodecLists.write(plan.renders(), out, render -> {
            out.writeString(render.spec());
            out.writeVarint(render.step());
            CodecLists.writeStrings(render.columns(), out);
            out.writeInt(render.limit());
        });
        CodecLists.write(plan.warnings(), out, problem -> ProblemCodec.write(problem, out));
        out.writeByte(plan.source().ordinal());
    }

    public static Plan read(ValueReader in) {
        int version = in.readByte();
        if (version < 1 || version > VERSION) {
            throw new IllegalStateException("unknown plan version " + version);
        }
        return new Plan(
                in.readNullableString(),
                CodecLists.read(in, () -> StepCodec.read(in)),
                CodecLists.read(
                        in,
                        () -> new Render(in.readString(), in.readVarint(), CodecLists.readStrings(in), in.readInt())),
                CodecLists.read(in, () -> ProblemCodec.read(in)),
                version == 1 ? PlanSource.REQUEST : SOURCES[in.readByte()]);
    }
}
