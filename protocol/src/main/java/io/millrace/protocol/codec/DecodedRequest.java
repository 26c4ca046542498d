package io.millrace.protocol.codec;

import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request, or why it is none. Either way it can be answered: the id is the sender's where it could be read.
 *
 * @param request null where there are problems
 */
public record DecodedRequest(String requestId, @Nullable Request request, List<Problem> problems) {
    public DecodedRequest {
        problems = List.copyOf(problems);
    }
}
