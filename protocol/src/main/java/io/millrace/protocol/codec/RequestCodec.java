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
import io.millrace.protocol.Nearest;
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
import java.util.Set;
import java.util.regex.Pattern;
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
    private static final Set<String> SUBJECTS = Set.of("$.plan", "$.statement", "$.question");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private final ObjectMapper json;
    private final int bytesMax;

    /** Returns a codec that refuses requests of more than {@code bytesMax} bytes. */
    public RequestCodec(int bytesMax) {
        this.bytesMax = bytesMax;
        json = JsonMapper.builder(JsonLimits.trees(bytesMax))
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    /**
     * Reads a request; {@code defaultId} is the id of one that has none. One that is too long is answered under its own
     * id all the same, where that stands within the bound.
     */
    public DecodedRequest read(byte[] bytes, String defaultId) {
        if (bytes.length > bytesMax) {
            return broken(
                    peek(bytes, defaultId).requestId,
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

    /** Half of a surrogate pair would not come back as it was. */
    private static boolean isId(String id) {
        return !id.isEmpty() && id.length() <= ID_LENGTH_MAX && !EventKeys.hasLoneSurrogate(id);
    }

    /** Reads top-level members as far as the text is JSON, and no further than a request may be long. */
    private Peek peek(byte[] bytes, String defaultId) {
        Peek peek = new Peek(defaultId);
        try (JsonParser parser = json.getFactory().createParser(bytes, 0, Math.min(bytes.length, bytesMax))) {
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
                requestId = isId(id) ? id : requestId;
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
            String folded = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
            return WHITE_SPACE.matcher(folded).replaceAll(" ").strip();
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
            JsonNode plan = member("plan");
            if (plan != null && !plan.isObject()) {
                wrong("plan", "an object");
            }
            String statement = text("statement");
            Question question = question();
            Map<String, JsonNode> parameters = members("parameters");
            boolean asked = isAsked(plan, statement, question);
            String sessionId = text("session_id");
            OffsetToken minOffsets = minOffsets();
            Request request = new Request(
                    requestId,
                    plan,
                    statement,
                    question,
                    parameters,
                    sessionId,
                    explain(),
                    minOffsets,
                    maxLag(),
                    returnAll(),
                    timeout(),
                    members("options"));
            return new DecodedRequest(requestId, asked ? request : null, JsonLimits.head(problems));
        }

        private String requestId(String defaultId) {
            JsonNode node = member("request_id");
            if (node == null) {
                return defaultId;
            }
            if (node.isTextual() && isId(node.textValue())) {
                return node.textValue();
            }
            wrong("request_id", "a string of 1 to " + ID_LENGTH_MAX + " Unicode characters");
            return defaultId;
        }

        private void unknownNames() {
            root.fieldNames().forEachRemaining(name -> {
                if (!NAMES.contains(name)) {
                    problems.add(Problem.at(ErrorCode.INVALID_REQUEST, "$." + name, "unknown field \"" + name + "\"")
                            .withAllowed(NAMES)
                            .withNearest(Nearest.of(name, NAMES)));
                }
            });
        }

        /** Returns whether what the request asks for can be read. */
        private boolean isAsked(@Nullable JsonNode plan, @Nullable String statement, @Nullable Question question) {
            boolean reported = isWrong(SUBJECTS);
            boolean one = statement != null ? plan == null && question == null : plan != null || question != null;
            if (!one && !reported) {
                problems.add(
                        Problem.of(
                                ErrorCode.INVALID_REQUEST,
                                "request needs one of \"plan\", \"statement\" and \"question\"; only a question may come with a plan"));
            }
            return one && !reported && !isWrong(Set.of("$.parameters"));
        }

        private boolean isWrong(Set<String> paths) {
            return problems.stream().anyMatch(problem -> problem.path() != null && paths.contains(problem.path()));
        }

        private @Nullable Question question() {
            JsonNode node = member("question");
            if (node == null) {
                return null;
            }
            JsonNode text = node.get("text");
            JsonNode context = present(node.get("context"));
            boolean known = node.size() == (text == null ? 0 : 1) + (node.has("context") ? 1 : 0);
            if (text == null || !text.isTextual() || !known || (context != null && !context.isTextual())) {
                wrong("question", "an object of a string \"text\" and, if wanted, a string \"context\"");
                return null;
            }
            return new Question(text.textValue(), context == null ? "" : context.textValue());
        }

        private ExplainLevel explain() {
            JsonNode node = member("explain");
            if (node == null) {
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
            JsonNode node = freshness("min_offsets");
            Map<String, Long> next = new HashMap<>();
            if (node == null) {
                return OffsetToken.NONE;
            }
            if (!node.isObject()) {
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
            JsonNode node = freshness("max_lag_ms");
            if (node == null) {
                return null;
            }
            if (node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0) {
                return node.longValue();
            }
            wrong("freshness.max_lag_ms", "an integer of at least 0");
            return null;
        }

        private @Nullable JsonNode freshness(String member) {
            JsonNode node = member("freshness");
            if (node == null) {
                return null;
            }
            if (!node.isObject()) {
                wrong("freshness", "an object");
            }
            node.fieldNames().forEachRemaining(name -> {
                if (!name.equals("min_offsets") && !name.equals("max_lag_ms")) {
                    wrong("freshness." + name, "min_offsets or max_lag_ms");
                }
            });
            return present(node.get(member));
        }

        /** Returns a member of the request; one that is null is absent: many writers put null for nothing. */
        private @Nullable JsonNode member(String name) {
            return present(root.get(name));
        }

        private static @Nullable JsonNode present(@Nullable JsonNode node) {
            return node == null || node.isNull() ? null : node;
        }

        private boolean returnAll() {
            JsonNode node = member("return");
            if (node != null && !node.asText().equals("all") && !node.asText().equals("last")) {
                wrong("return", "all or last");
            }
            return node != null && node.asText().equals("all");
        }

        private long timeout() {
            JsonNode node = member("timeout_ms");
            if (node == null) {
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
            JsonNode node = member(name);
            Map<String, JsonNode> members = new LinkedHashMap<>();
            if (node == null) {
                return members;
            }
            if (!node.isObject()) {
                wrong(name, "an object");
            }
            node.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
            return members;
        }

        private @Nullable String text(String name) {
            JsonNode node = member(name);
            if (node == null) {
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
