package io.millrace.protocol.fragment;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import java.util.List;

/** What came of a fragment on the shards that a partial covers. */
public sealed interface PartialResult {
    /** @param rows as the operation lays them out, values as {@link io.millrace.protocol.value.ValueType} says */
    record Rows(List<Object[]> rows, boolean truncated, FragmentStats stats) implements PartialResult {
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Some rows ahead of the answer itself, which has the rest: a long answer comes in parts, so that others have a turn in
     * between.
     *
     * @param number counts the parts, from 0
     */
    record Part(int number, List<Object[]> rows) implements PartialResult {
        public Part {
            rows = List.copyOf(rows);
        }
    }

    record Failed(List<Problem> problems) implements PartialResult {
        public Failed {
            problems = List.copyOf(problems);
        }
    }

    /** The shards do not contain enough yet; another partial follows when they do. */
    record Waiting(OffsetToken applied, WaitingFor reason) implements PartialResult {}

    /** What shards wait for that were given an offset token. The order is part of the binary form: append only. */
    enum WaitingFor {
        OFFSETS,
        /** Rows below the token, to be embedded. */
        TEXTS,
        /** A build of a frozen index, which alone brings it the rows below the token. */
        BUILD
    }
}
