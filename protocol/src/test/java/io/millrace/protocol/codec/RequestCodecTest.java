package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import io.millrace.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCodecTest {
    private final RequestCodec codec = new RequestCodec(1 << 20);

    @Test
    void requestWithNothingButAStatementHasTheDefaults() {
        assertThat(request("{\"statement\":\"SHOW COLLECTIONS\"}"))
                .isEqualTo(new Request(
                        "default",
                        null,
                        "SHOW COLLECTIONS",
                        null,
                        Map.of(),
                        null,
                        ExplainLevel.SUMMARY,
                        OffsetToken.NONE,
                        null,
                        false,
                        60_000,
                        Map.of()));
    }

    @Test
    void everyMemberIsRead() {
        Request request = request("""
                {"request_id": "r-1", "plan": {"steps": []}, "question": {"text": "Who?", "context": "chat"},
                 "parameters": {"v": [0.1]}, "session_id": "s", "explain": "analyze", "return": "all",
                 "freshness": {"min_offsets": {"millrace.events-0": 1234}, "max_lag_ms": 500},
                 "timeout_ms": 600000, "options": {"vector.ef_search": 128}}""");

        assertThat(request.requestId()).isEqualTo("r-1");
        assertThat(Objects.requireNonNull(request.plan()).has("steps")).isTrue();
        assertThat(request.question()).isEqualTo(new Question("Who?", "chat"));
        assertThat(request.parameters().get("v")).hasToString("[0.1]");
        assertThat(request.sessionId()).isEqualTo("s");
        assertThat(request.explain()).isEqualTo(ExplainLevel.ANALYZE);
        assertThat(request.returnAll()).isTrue();
        assertThat(request.minOffsets()).isEqualTo(new OffsetToken(Map.of("millrace.events-0", 1234L)));
        assertThat(request.maxLagMs()).isEqualTo(500);
        assertThat(request.timeoutMs()).isEqualTo(600_000);
        assertThat(request.options().get("vector.ef_search")).hasToString("128");
    }

    @Test
    void memberThatIsNullIsAbsent() {
        assertThat(request("""
                        {"request_id": null, "plan": null, "statement": "SELECT 1", "question": null,
                         "parameters": null, "session_id": null, "explain": null, "return": null,
                         "freshness": null, "timeout_ms": null, "options": null}""")).isEqualTo(request("{\"statement\":\"SELECT 1\"}"));
        assertThat(request("""
                        {"statement": "SELECT 1", "freshness": {"min_offsets": null, "max_lag_ms": null}}""")).isEqualTo(request("{\"statement\":\"SELECT 1\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "request_id | \"\"",
                "request_id | 5",
                "request_id | \"\\ud800\"",
                "plan | []",
                "plan | \"s1\"",
                "statement | \"\"",
                "statement | {}",
                "question | \"Who?\"",
                "question | {}",
                "question | {\"text\": 1}",
                "question | {\"text\": \"a\", \"more\": 1}",
                "question | {\"text\": \"a\", \"context\": 1}",
                "parameters | []",
                "session_id | 1",
                "session_id | \"\"",
                "explain | \"SUMMARY\"",
                "explain | true",
                "freshness | []",
                "freshness.more | {\"more\": 1}",
                "freshness.min_offsets | {\"min_offsets\": []}",
                "freshness.min_offsets.e-0 | {\"min_offsets\": {\"e-0\": -1}}",
                "freshness.min_offsets.e-0 | {\"min_offsets\": {\"e-0\": 1.5}}",
                "freshness.min_offsets.e-0 | {\"min_offsets\": {\"e-0\": 9223372036854775808}}",
                "freshness.min_offsets.e-0 | {\"min_offsets\": {\"e-0\": null}}",
                "freshness.max_lag_ms | {\"max_lag_ms\": -1}",
                "freshness.max_lag_ms | {\"max_lag_ms\": \"5\"}",
                "return | \"some\"",
                "return | []",
                "timeout_ms | 0",
                "timeout_ms | 600001",
                "timeout_ms | 1.5",
                "timeout_ms | \"60000\"",
                "options | 1",
                "unknown | 1",
                "Statement | \"x\""
            })
    void wrongMemberIsReportedAtItsPath(String path, String json) {
        String member = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        String subject = List.of("plan", "statement", "question").contains(member) ? "" : ",\"statement\":\"S\"";
        DecodedRequest decoded = read("{\"" + member + "\":" + json + subject + "}");

        assertThat(decoded.request()).isNull();
        assertThat(decoded.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("$." + path))
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void allViolationsAreFoundAtOnce() {
        assertThat(read("{\"request_id\":\"r\",\"explain\":\"all\",\"timeout_ms\":-1,\"limit\":5,\"options\":[]}")
                        .problems())
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("$.explain", "$.timeout_ms", "$.limit", "$.options", null);
    }

    @Test
    void wrongParametersDoNotHideThatNothingIsAskedFor() {
        assertThat(read("{\"parameters\":[]}").problems())
                .extracting(Problem::path)
                .containsExactly("$.parameters", null);
    }

    /** So that a planner can tell what is wrong with the plan, too. */
    @Test
    void whatIsAskedForIsReadThoughOtherMembersAreWrong() {
        DecodedRequest decoded = read("{\"plan\":{\"steps\":[]},\"extra\":1,\"explain\":1,\"parameters\":{\"v\":2}}");

        assertThat(decoded.request()).isNull();
        assertThat(decoded.asked()).isEqualTo(request("{\"plan\":{\"steps\":[]},\"parameters\":{\"v\":2}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"plan\":[]}",
                "{\"plan\":{},\"parameters\":[]}",
                "{\"plan\":{},\"question\":1}",
                "{\"plan\":{},\"statement\":\"S\"}"
            })
    void nothingIsAskedForWhereThatCannotBeRead(String request) {
        assertThat(read(request).asked()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"statement\":\"S\",\"plan\":{}}",
                "{\"statement\":\"S\",\"question\":{\"text\":\"Q\"}}",
                "{\"statement\":\"S\",\"question\":{\"text\":\"Q\"},\"plan\":{}}"
            })
    void requestHasOneOfPlanStatementAndQuestion(String request) {
        assertThat(read(request).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("needs one of"));
    }

    @Test
    void idIsFoundInBrokenJson() {
        assertThat(read("{\"request_id\":\"r-9\",\"statement\":\"SELECT").requestId())
                .isEqualTo("r-9");
        assertThat(read("{\"plan\":{\"request_id\":\"no\"},\"request_id\":\"r-9\",}")
                        .requestId())
                .isEqualTo("r-9");
        assertThat(read("{\"request_id\":\"a\",\"request_id\":\"b\",\"statement\":\"S\"}")
                        .problems())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_JSON);
        assertThat(read("{\"statement\":\"SELECT").requestId()).isEqualTo("default");
        assertThat(read("[{\"request_id\":\"r-9\"}]").requestId()).isEqualTo("default");
        assertThat(read("{\"request_id\":\"" + "x".repeat(257) + "\",").requestId())
                .isEqualTo("default");
        assertThat(read("{\"request_id\":\"r-9\",\"explain\":1}").requestId()).isEqualTo("r-9");
    }

    /** The sender waits for an answer under the id it chose, not under one that the record was given. */
    @Test
    void requestThatIsTooLongIsAnsweredUnderItsOwnIdWhereThatIsWithinTheBound() {
        RequestCodec codec = new RequestCodec(100);
        String long1 = "\"statement\":\"" + "x".repeat(200) + "\"";

        assertThat(codec.read(bytes("{\"request_id\":\"r-9\"," + long1 + "}"), "default")
                        .requestId())
                .isEqualTo("r-9");
        assertThat(codec.read(bytes("{" + long1 + ",\"request_id\":\"r-9\"}"), "default")
                        .requestId())
                .isEqualTo("default");
        assertThat(codec.read(bytes("{\"request_id\":\"" + "x".repeat(200) + "\"}"), "default")
                        .requestId())
                .isEqualTo("default");
    }

    @Test
    void sizeIsBounded() {
        assertThat(new RequestCodec(10)
                        .read(bytes("{\"statement\":\"S\"}"), "default")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED))
                .satisfies(problem ->
                        assertThat(problem.message()).contains("17 bytes").contains("10"));
    }

    @Test
    void equalQuestionsHaveEqualPlanningKeys() {
        String key = planningKey("{\"question\":{\"text\":\"Who stopped playing?\",\"context\":\"c\"}}");

        for (String text : List.of(
                "  who STOPPED\\tplaying? ",
                "Who\\u00a0stopped\\u2003playing?",
                "\\uff37ho stopped\\n\\r\\nplaying\\uff1f",
                "\\u2028Who stopped\\u2028playing?\\u0085")) {
            assertThat(planningKey("{\"question\":{\"context\":\"c\",\"text\":\"" + text + "\"}}"))
                    .isEqualTo(key);
        }
        assertThat(planningKey("{\"question\":{\"text\":\"Who stopped playing?\"}}"))
                .isNotEqualTo(key);
        assertThat(planningKey("{\"question\":{\"text\":\"Who stopped?\",\"context\":\"c\"}}"))
                .isNotEqualTo(key);
    }

    @Test
    void requestIsPlannedByQuestionElseSessionElseId() {
        String all = "\"request_id\":\"r\",\"session_id\":\"s\",\"question\":{\"text\":\"q\"}}";

        assertThat(planningKey("{\"plan\":{}," + all)).isEqualTo("q:q\n");
        assertThat(planningKey("{\"statement\":\"S\",\"session_id\":\"s\",\"request_id\":\"r\"}"))
                .isEqualTo("s:s");
        assertThat(planningKey("{\"statement\":\"S\",\"request_id\":\"r\"}")).isEqualTo("r:r");
        assertThat(planningKey("{\"statement\":\"S\"}")).isEqualTo("r:default");
        assertThat(planningKey("{\"session_id\":\"s\",\"statement")).isEqualTo("s:s");
        assertThat(planningKey("no JSON")).isEqualTo("r:default");
    }

    private Request request(String json) {
        DecodedRequest decoded = read(json);
        assertThat(decoded.problems()).as(json).isEmpty();
        return Objects.requireNonNull(decoded.request());
    }

    private DecodedRequest read(String json) {
        return codec.read(bytes(json), "default");
    }

    private String planningKey(String json) {
        return codec.planningKey(bytes(json), "default");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void unknownMemberComesWithTheNearest() {
        assertThat(read("{\"statment\":\"S\"}").problems())
                .extracting(Problem::nearest)
                .contains("statement");
    }

    @Test
    void messagesDoNotSpeakOfTheParser() {
        assertThat(read("{\"statement\":\"S\",\"statement\":\"T\"}").problems())
                .extracting(Problem::message)
                .containsExactly("Duplicate field 'statement'");
        assertThat(read("[".repeat(100)).problems())
                .extracting(Problem::message)
                .containsExactly("Document nesting depth (65) exceeds the maximum allowed (64)");
    }
}
