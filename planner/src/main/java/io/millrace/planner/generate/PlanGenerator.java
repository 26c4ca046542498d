package io.millrace.planner.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.InferenceException;
import io.millrace.protocol.MillraceException;

/**
 * Makes plans for questions. Safe for use by several threads. What it makes is checked again by whoever runs it: a
 * generator can do no more than the author of any plan, which is to read.
 */
public interface PlanGenerator extends AutoCloseable {
    /** Returns what it is, for people. */
    String name();

    /**
     * Returns a plan. Blocks; an interrupt ends it.
     *
     * @throws InferenceException if the generator could not be asked, which is answered as UNAVAILABLE
     * @throws MillraceException if there is no plan for another reason, with what to answer
     */
    JsonNode generate(PlanTask task) throws InferenceException, MillraceException, InterruptedException;

    @Override
    default void close() {}
}
