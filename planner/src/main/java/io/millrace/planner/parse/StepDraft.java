package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.Problem;
import java.util.List;
import java.util.Set;

/**
 * A step as far as it can be read without the catalog.
 *
 * @param path of the step, such as {@code $.plan.steps[1]}
 * @param params with parameters put in; a missing node where there are none
 * @param dependencies what it names in {@code depends_on}, {@code ref}, {@code input} and {@code join}
 * @param wanted every name in the params that could be one of a column
 * @param problems all that is wrong with it, added to while it is resolved
 */
record StepDraft(
        int place,
        String id,
        String operation,
        String path,
        JsonNode params,
        List<Reference> dependencies,
        Set<String> wanted,
        long timeoutMs,
        List<Problem> problems) {
    String paramsPath() {
        return path + ".params";
    }

    /** @param path where the other step is named */
    record Reference(String step, String path) {}
}
