package io.millrace.planner.run;

import org.jspecify.annotations.Nullable;

/** Turns the texts of searches into vectors, beside the thread of the run. */
@FunctionalInterface
public interface TextVectors {
    /** For runs without texts. */
    TextVectors NONE = text -> {
        throw new IllegalStateException("there is no embedder for a plan that has a text");
    };

    /**
     * Returns the vector if it is known. Else it is asked for, and the run hears of it later, by {@link PlanRun#onVector}
     * or {@link PlanRun#onNoVector}.
     */
    float @Nullable [] find(String text);
}
