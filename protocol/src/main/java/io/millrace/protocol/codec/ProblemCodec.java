package io.millrace.protocol.codec;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;

/** Problems in binary, for partials and state. Codes go by name: their order may change. */
public final class ProblemCodec {
    private ProblemCodec() {}

    public static void write(Problem problem, ValueWriter out) {
        out.writeString(problem.code().name());
        out.writeString(problem.message());
        out.writeNullableString(problem.path());
        out.writeNullableString(problem.detail());
        out.writeNullableString(problem.hint());
        out.writeVarint(problem.allowed().size());
        problem.allowed().forEach(out::writeString);
        out.writeNullableString(problem.nearest());
    }

    public static Problem read(ValueReader in) {
        return new Problem(
                ErrorCode.valueOf(in.readString()),
                in.readString(),
                in.readNullableString(),
                in.readNullableString(),
                in.readNullableString(),
                readStrings(in),
                in.readNullableString());
    }

    static void writeStrings(List<String> values, ValueWriter out) {
        out.writeVarint(values.size());
        values.forEach(out::writeString);
    }

    static List<String> readStrings(ValueReader in) {
        int count = in.readVarint();
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(in.readString());
        }
        return values;
    }
}
