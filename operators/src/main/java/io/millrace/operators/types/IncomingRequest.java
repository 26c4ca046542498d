package io.millrace.operators.types;

import io.millrace.protocol.Problem;
import io.millrace.protocol.RequestOrigin;
import java.util.List;

/**
 * A request on its way to its planner.
 *
 * @param defaultId its id if it names none
 * @param problems why it is not to be planned but answered at once; empty for none
 */
public record IncomingRequest(
        String planningKey, String defaultId, RequestOrigin origin, byte[] value, List<Problem> problems) {
    public IncomingRequest {
        problems = List.copyOf(problems);
    }
}
