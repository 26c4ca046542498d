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

    /** The shards have not applied enough yet; another partial follows when they have. */
    record Waiting(OffsetToken applied) implements PartialResult {}
}
