package io.millrace.planner.parse;

import org.jspecify.annotations.Nullable;

/** Resolves the params of one operation. */
@FunctionalInterface
interface StepResolver {
    /** Returns the step; null where anything is wrong, all of which is then in the draft's problems. */
    @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope);
}
