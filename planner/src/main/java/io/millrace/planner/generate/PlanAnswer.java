package io.millrace.planner.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.codec.JsonLimits;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the answer of a model: one JSON object, perhaps in a code fence, and nothing else. */
final class PlanAnswer {
    /** Characters of an answer. */
    static final int CHARS_MAX = 65_536;

    private static final int UTF8_BYTES_PER_CHAR = 3;
    private static final String PATH = "$.plan";
    private static final Pattern FENCED = Pattern.compile("```(?:json)?[ \\t]*\\R(.*)\\R?```", Pattern.DOTALL);

    /** As strict as with the plan of a request. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonLimits.trees(UTF8_BYTES_PER_CHAR * CHARS_MAX))
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PlanAnswer() {}

    /** @throws MillraceException if the answer is too long, or not JSON */
    static JsonNode read(String answer) throws MillraceException {
        if (answer.length() > CHARS_MAX) {
            throw new MillraceException(Problem.at(
                    ErrorCode.LIMIT_EXCEEDED,
                    PATH,
                    "the plan has " + answer.length() + " characters, at most " + CHARS_MAX + " are read"));
        }
        String text = answer.strip();
        Matcher fenced = FENCED.matcher(text);
        try {
            return JSON.readTree(fenced.matches() ? fenced.group(1) : text);
        } catch (JsonProcessingException e) {
            throw new MillraceException(JsonLimits.problem(e).withPath(PATH));
        }
    }
}
