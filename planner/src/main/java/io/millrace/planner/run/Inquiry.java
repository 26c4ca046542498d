package io.millrace.planner.run;

import io.millrace.planner.explain.NodeKind;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import org.jspecify.annotations.Nullable;

/** Asks the shards, in one or more rounds. What comes of it must not depend on the order of partials. */
interface Inquiry {
    /** Returns the first question; null where none is needed. */
    @Nullable FragmentOperation start() throws StepFailure;

    /** Takes what some shards gave to the question at hand. */
    void add(PartialResult.Rows rows) throws StepFailure;

    /** Returns the next question after every shard has answered; null where there is none. */
    @Nullable FragmentOperation next() throws StepFailure;

    /** Returns which part of an explained step asks the question at hand; null where the step has no parts. */
    default @Nullable NodeKind part() {
        return null;
    }
}
