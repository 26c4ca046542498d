package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.List;

/** Bounds on JSON from outside, kept while it is parsed: nothing of it can exhaust the stack or the heap. */
public final class JsonLimits {
    static final int DEPTH_MAX = 64;
    /** Problems reported of one record: an answer or dead letter has room for these. */
    static final int PROBLEMS_MAX = 100;

    private static final int NUMBER_LENGTH_MAX = 400;
    private static final int NAME_LENGTH_MAX = 1_024;
    private static final int TOKENS_MAX = 1_000_000;

    private JsonLimits() {}

    /**
     * Returns a factory for events of at most {@code bytesMax} bytes of UTF-8. Their tokens are not counted, which would
     * cost more than a tenth of reading them: each takes a byte at least, and no tree is built of them.
     */
    static JsonFactory events(int bytesMax) {
        return factory(constraints(bytesMax).build());
    }

    /** Returns a factory for texts of at most {@code bytesMax} bytes of UTF-8 of which trees are built. */
    public static JsonFactory trees(int bytesMax) {
        return factory(constraints(bytesMax).maxTokenCount(TOKENS_MAX).build());
    }

    private static StreamReadConstraints.Builder constraints(int bytesMax) {
        return StreamReadConstraints.builder()
                .maxDocumentLength(bytesMax)
                .maxNestingDepth(DEPTH_MAX)
                .maxNumberLength(NUMBER_LENGTH_MAX)
                .maxNameLength(NAME_LENGTH_MAX)
                .maxStringLength(bytesMax);
    }

    private static JsonFactory factory(StreamReadConstraints constraints) {
        return new JsonFactoryBuilder()
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .streamReadConstraints(constraints)
                .build();
    }

    /** What Jackson says of its own classes and settings. */
    private static final String INTERNALS = ", from `[^`]*`| for `ObjectNode`: not allowed when `[^`]*` enabled";

    /** Returns the first problems, as many as are reported. */
    static List<Problem> head(List<Problem> problems) {
        return problems.size() <= PROBLEMS_MAX ? problems : problems.subList(0, PROBLEMS_MAX);
    }

    /** Says what is wrong with a text that is not JSON, or passes a bound. */
    public static Problem problem(JsonProcessingException e) {
        ErrorCode code = e instanceof StreamConstraintsException ? ErrorCode.LIMIT_EXCEEDED : ErrorCode.INVALID_JSON;
        Problem problem = Problem.of(code, firstLine(e.getOriginalMessage().replaceAll(INTERNALS, "")));
        return e.getLocation() == null
                ? problem
                : problem.withDetail("line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr());
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
