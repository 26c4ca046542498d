package io.millrace.protocol.codec;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/** Problems in binary, for partials and state. Codes go by name: their order may change. */
public final class ProblemCodec {
    private ProblemCodec() {}

    public static void write(Problem problem, ValueWriter out) {
        out.writeString(problem.code().name());
        out.writeString(problem.message());
        out.writeNullableString(problem.path());
        out.writeNullableString(problem.detail());
        out.writeNullableString(problem.hint());
        CodecLists.writeStrings(problem.allowed(), out);
        out.writeNullableString(problem.nearest());
    }

    public static Problem read(ValueReader in) {
        return new Problem(
                ErrorCode.valueOf(in.readString()),
                in.readString(),
                in.readNullableString(),
                in.readNullableString(),
                in.readNullableString(),
                CodecLists.readStrings(in),
                in.readNullableString());
    }
}
