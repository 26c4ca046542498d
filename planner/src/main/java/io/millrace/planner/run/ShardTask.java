package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import org.jspecify.annotations.Nullable;

/** A step that asks the shards, in one or more rounds. What it gives must not depend on the order of partials. */
interface ShardTask {
    /** Returns the first question; null where none is needed. */
    @Nullable FragmentOperation start() throws StepFailure;

    /** Takes what some shards gave to the question at hand. */
    void add(PartialResult.Rows rows) throws StepFailure;

    /** Returns the next question after every shard has answered; null where there is none. */
    @Nullable FragmentOperation next() throws StepFailure;

    /** Returns the result, also where shards are missing. */
    StepTable finish() throws StepFailure;

    /** Returns whether a result without some shards lacks rows, rather than having wrong ones. */
    boolean canMissShards();

    /** Returns what the task noted, beside what shards measure; asked for once, at its end. */
    default Measures measures() {
        return Measures.NONE;
    }
}
