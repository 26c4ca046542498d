package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import io.millrace.protocol.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads requests, strictly: an unknown or doubled field is a problem, and all problems are found at once. */
public final class RequestCodec {
    /** Characters of a request id. */
    public static final int ID_LENGTH_MAX = 256;

    private static final List<String> NAMES = List.of(
            "request_id",
            "plan",
            "statement",
            "question",
            "parameters",
            "session_id",
            "explain",
            "freshness",
            "return",
            "timeout_ms",
            "options");

    private final ObjectMapper json;
    private final int bytesMax;

    /** Returns a codec that refuses requests of more than {@code bytesMax} bytes. */
    public RequestCodec(int bytesMax) {
        this.bytesMax = bytesMax;
        json = JsonMapper.builder(JsonLimits.factory(bytesMax))
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /** Reads a request; {@code defaultId} is the id of one that has none. */
    public DecodedRequest read(byte[] bytes, String defaultId) {
        if (bytes.length > bytesMax) {
            return broken(
                    defaultId,
                    Problem.of(
                            ErrorCode.LIMIT_EXCEEDED,
                            "request has " + bytes.length + " bytes, at most " + bytesMax + " are read"));
        }
        JsonNode root;
        try {
            root = json.readTree(bytes);
        } catch (JsonProcessingException e) {
            return broken(peek(bytes, defaultId).requestId, JsonLimits.problem(e));
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
        if (!root.isObject()) {
            return broken(defaultId, Problem.of(ErrorCode.INVALID_REQUEST, "request is not a JSON object"));
        }
        return new Reader(root).read(defaultId);
    }

    private static DecodedRequest broken(String requestId, Problem problem) {
        return new DecodedRequest(requestId, null, List.of(problem));
    }

    /**
     * Returns the key by which a request is planned, without reading all of it: requests of one key are planned one
     * after the other and share cached plans and session settings. A text that is no request gets the key of its id.
     */
    public String planningKey(byte[] bytes, String defaultId) {
        return peek(bytes, defaultId).planningKey();
    }

    /** Reads top-level members as far as the text is JSON. */
    private Peek peek(byte[] bytes, String defaultId) {
        Peek peek = new Peek(defaultId);
        try (JsonParser parser = json.getFactory().createParser(bytes)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    peek.read(parser.currentName(), parser);
                }
            }
        } catch (IOException e) {
            return peek; // What is wrong with the text is found, and answered, when all of it is read.
        }
        return peek;
    }

    /** The members that decide where a request goes. */
    private static final class Peek {
        private String requestId;
        private @Nullable String sessionId;
        private @Nullable String text;
        private String context = "";

        Peek(String defaultId) {
            requestId = defaultId;
        }

        void read(String name, JsonParser parser) throws IOException {
            JsonToken token = parser.nextToken();
            if (name.equals("question") && token == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    readQuestion(parser.currentName(), parser);
                }
            } else if (token == JsonToken.VALUE_STRING && name.equals("request_id")) {
                String id = parser.getText();
                requestId = id.isEmpty() || id.length() > ID_LENGTH_MAX ? requestId : id;
            } else if (token == JsonToken.VALUE_STRING && name.equals("session_id")) {
                sessionId = parser.getText();
            } else {
                parser.skipChildren();
            }
        }

        private void readQuestion(String name, JsonParser parser) throws IOException {
            if (parser.nextToken() == JsonToken.VALUE_STRING) {
                if (name.equals("text")) {
                    text = parser.getText();
                } else if (name.equals("context")) {
                    context = parser.getText();
                }
            } else {
                parser.skipChildren();
            }
        }

        String planningKey() {
            if (text != null) {
                return "q:" + normalized(text) + '\n' + context;
            }
            return sessionId != null ? "s:" + sessionId : "r:" + requestId;
        }

        /** NFKC, lower case, white space collapsed and trimmed: equal questions have equal keys. */
        private static String normalized(String text) {
            return Normalizer.normalize(text, Normalizer.Form.NFKC)
                    .toLowerCase(Locale.ROOT)
                    .strip()
                    .replaceAll("\\s+", " ");
        }
    }

    /** Reads the members of one request and gathers what is wrong with them. */
    private static final class Reader {
        private final JsonNode root;
        private final List<Problem> problems = new ArrayList<>();

        Reader(JsonNode root) {
            this.root = root;
        }

        DecodedRequest read(String defaultId) {
            String requestId = requestId(defaultId);
            unknownNames();
            JsonNode plan = root.get("plan");
            if (plan != null && !plan.isObject()) {
                wrong("plan", "an object");
            }
            String statement = text("statement");
            Question question = question();
            subject(plan, statement, question);
            String sessionId = text("session_id");
            OffsetToken minOffsets = minOffsets();
            Request request = new Request(
                    requestId,
                    plan,
                    statement,
                    question,
                    members("parameters"),
                    sessionId,
                    explain(),
                    minOffsets,
                    maxLag(),
                    returnAll(),
                    timeout(),
                    members("options"));
            return new DecodedRequest(requestId, problems.isEmpty() ? request : null, problems);
        }

        private String requestId(String defaultId) {
            JsonNode node = root.get("request_id");
            if (node == null || node.isNull()) {
                return defaultId;
            }
            if (node.isTextual()
                    && !node.textValue().isEmpty()
                    && node.textValue().length() <= ID_LENGTH_MAX) {
                return node.textValue();
            }
            wrong("request_id", "a string of 1 to " + ID_LENGTH_MAX + " characters");
            return defaultId;
        }

        private void unknownNames() {
            root.fieldNames().forEachRemaining(name -> {
                if (!NAMES.contains(name)) {
                    problems.add(Problem.at(ErrorCode.INVALID_REQUEST, "$." + name, "unknown field \"" + name + "\"")
                            .withAllowed(NAMES));
                }
            });
        }

        private void subject(@Nullable JsonNode plan, @Nullable String statement, @Nullable Question question) {
            boolean one = statement != null ? plan == null && question == null : plan != null || question != null;
            if (!one && problems.isEmpty()) {
                problems.add(
                        Problem.of(
                                ErrorCode.INVALID_REQUEST,
                                "request needs one of \"plan\", \"statement\" and \"question\"; only a question may come with a plan"));
            }
        }

        private @Nullable Question question() {
            JsonNode node = root.get("question");
            if (node == null || node.isNull()) {
                return null;
            }
            JsonNode text = node.get("text");
            JsonNode context = node.get("context");
            boolean known = node.size() == (text == null ? 0 : 1) + (context == null ? 0 : 1);
            if (text == null || !text.isTextual() || !known || (context != null && !context.isTextual())) {
                wrong("question", "an object of a string \"text\" and, if wanted, a string \"context\"");
                return null;
            }
            return new Question(text.textValue(), context == null ? "" : context.textValue());
        }

        private ExplainLevel explain() {
            JsonNode node = root.get("explain");
            if (node == null || node.isNull()) {
                return ExplainLevel.SUMMARY;
            }
            for (ExplainLevel level : ExplainLevel.values()) {
                if (level.name().toLowerCase(Locale.ROOT).equals(node.asText())) {
                    return level;
                }
            }
            wrong("explain", "one of none, summary, plan, analyze");
            return ExplainLevel.SUMMARY;
        }

        private OffsetToken minOffsets() {
            JsonNode node = freshness().path("min_offsets");
            Map<String, Long> next = new HashMap<>();
            if (!node.isMissingNode() && !node.isObject()) {
                wrong("freshness.min_offsets", "an object of next offsets by topic-partition");
            }
            node.properties().forEach(entry -> {
                JsonNode value = entry.getValue();
                if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
                    next.put(entry.getKey(), value.longValue());
                } else {
                    wrong("freshness.min_offsets." + entry.getKey(), "an integer of at least 0");
                }
            });
            return new OffsetToken(next);
        }

        private @Nullable Long maxLag() {
            JsonNode node = freshness().path("max_lag_ms");
            if (node.isMissingNode()) {
                return null;
            }
            if (node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0) {
                return node.longValue();
            }
            wrong("freshness.max_lag_ms", "an integer of at least 0");
            return null;
        }

        private JsonNode freshness() {
            JsonNode node = root.path("freshness");
            if (!node.isMissingNode() && !node.isObject()) {
                wrong("freshness", "an object");
            }
            node.fieldNames().forEachRemaining(name -> {
                if (!name.equals("min_offsets") && !name.equals("max_lag_ms")) {
                    wrong("freshness." + name, "min_offsets or max_lag_ms");
                }
            });
            return node;
        }

        private boolean returnAll() {
            JsonNode node = root.get("return");
            if (node != null
                    && !node.isNull()
                    && !node.asText().equals("all")
                    && !node.asText().equals("last")) {
                wrong("return", "all or last");
            }
            return node != null && node.asText().equals("all");
        }

        private long timeout() {
            JsonNode node = root.get("timeout_ms");
            if (node == null || node.isNull()) {
                return Request.TIMEOUT_MS_DEFAULT;
            }
            if (node.isIntegralNumber()
                    && node.canConvertToLong()
                    && node.longValue() >= 1
                    && node.longValue() <= Request.TIMEOUT_MS_MAX) {
                return node.longValue();
            }
            wrong("timeout_ms", "an integer from 1 to " + Request.TIMEOUT_MS_MAX);
            return Request.TIMEOUT_MS_DEFAULT;
        }

        private Map<String, JsonNode> members(String name) {
            JsonNode node = root.path(name);
            if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
                wrong(name, "an object");
            }
            Map<String, JsonNode> members = new LinkedHashMap<>();
            node.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
            return members;
        }

        private @Nullable String text(String name) {
            JsonNode node = root.get(name);
            if (node == null || node.isNull()) {
                return null;
            }
            if (!node.isTextual() || node.textValue().isEmpty()) {
                wrong(name, "a string that is not empty");
                return null;
            }
            return node.textValue();
        }

        private void wrong(String name, String wanted) {
            Problem problem = Problem.at(ErrorCode.INVALID_REQUEST, "$." + name, "\"" + name + "\" must be " + wanted);
            if (!problems.contains(problem)) {
                problems.add(problem);
            }
        }
    }
}
