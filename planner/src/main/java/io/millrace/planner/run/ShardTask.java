package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step that asks the shards. */
interface ShardTask extends Inquiry {
    /** Returns what is asked at once, ahead of the questions of this task itself. */
    default List<Inquiry> legs() {
        return List.of();
    }

    /** Returns the task that goes on when this one has all it asked for; null where the result is there. */
    default @Nullable ShardTask successor() throws StepFailure {
        return null;
    }

    /** Returns the result, also where shards are missing. */
    StepTable finish() throws StepFailure;

    /** Returns whether a result without some shards lacks rows, rather than having wrong ones. */
    boolean canMissShards();

    /** Returns what the task noted, beside what shards measure; asked for once, at its end. */
    default Measures measures() {
        return Measures.NONE;
    }
}
