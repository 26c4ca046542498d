package io.millrace.protocol.codec;

import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request, or why it is none. Either way it can be answered: the id is the sender's where it could be read.
 *
 * @param asked what it asks for, with defaults in place of whatever else is wrong, so that all that is wrong can be told at
 *     once; null where that cannot be read
 */
public record DecodedRequest(String requestId, @Nullable Request asked, List<Problem> problems) {
    public DecodedRequest {
        problems = List.copyOf(problems);
    }

    /** Returns the request; null where there are problems. */
    public @Nullable Request request() {
        return problems.isEmpty() ? asked : null;
    }
}
