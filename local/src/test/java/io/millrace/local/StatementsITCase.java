package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements over the running job answer what docs/statements.md says. */
class StatementsITCase {
    private static final Path PAGE =
            Path.of(System.getProperty("millrace.root", "..")).resolve("docs/statements.md");
    private static final Pattern BLOCK = Pattern.compile("```(sql|json events|json)\\n(.*?)```", Pattern.DOTALL);

    private static TestStack stack;
    private static OffsetToken token = OffsetToken.NONE;
    private static final List<String> MISMATCHES = new ArrayList<>();
    private static int compared;

    @BeforeAll
    static void runThePage() throws IOException {
        stack = TestStack.start(4, 2, Map.of());
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        String statement = "";
        Answer answer = null;
        while (block.find()) {
            String text = block.group(2).strip();
            switch (block.group(1)) {
                case "sql" -> {
                    statement = text;
                    answer = stack.ask(statement(text));
                }
                case "json events" -> {
                    List<JsonNode> events = new ArrayList<>();
                    TestStack.json(text).forEach(events::add);
                    token = stack.client().send(events);
                }
                default -> compare(statement, answer, text);
            }
        }
    }

    private static RequestBuilder statement(String text) {
        return RequestBuilder.statement(text).parameter("q", new float[] {0, 0}).minOffsets(token);
    }

    private static void compare(String statement, Answer answer, String expected) {
        compared++;
        List<JsonNode> expectedRows = new ArrayList<>();
        TestStack.json(expected).forEach(expectedRows::add);
        List<JsonNode> rows = answer.rows("result");
        if (!rows.equals(expectedRows)) {
            MISMATCHES.add(statement + "\n" + rows);
        }
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void everyExampleIsAnsweredAsThePageSays() {
        assertThat(MISMATCHES).isEmpty();
        assertThat(compared).isGreaterThanOrEqualTo(8);
    }

    @Test
    void settingsHoldForTheirSessionAlone() {
        Answer set = stack.ask(inSession("SET vector.ef_search = 77", "a"));
        assertThat(set.rows("result").toString()).isEqualTo("[[\"vector.ef_search\",\"77\"]]");
        String search = "EXPLAIN SELECT id FROM papers ORDER BY similarity(v, [0, 0]) LIMIT 2";
        assertThat(stack.ask(inSession(search, "a")).json().path("explain").toString())
                .contains("77");
        assertThat(stack.ask(inSession(search, "b")).json().path("explain").toString())
                .contains("100")
                .doesNotContain("77");
        Answer nobody = stack.client().ask(RequestBuilder.statement("SET vector.ef_search = 77"));
        assertThat(nobody.json().path("errors").toString()).contains("session_id");
    }

    @Test
    void orderByAMetricEqualsItsExactAnswer() {
        for (String function : List.of("l2_distance", "cosine_similarity", "inner_product")) {
            String order = " FROM papers ORDER BY " + function + "(v, [1, 1]), year DESC";
            Answer exact = stack.ask(statement("SELECT id, " + function + "(v, [1, 1])" + order + " USING EXACT"));
            Answer ann = stack.ask(statement("SELECT id, " + function + "(v, [1, 1])" + order + " USING ANN"));
            assertThat(ann.rows("result"))
                    .as(function)
                    .isEqualTo(exact.rows("result"))
                    .hasSize(4);
        }
    }

    private static RequestBuilder inSession(String statement, String session) {
        ObjectNode request = statement(statement).build();
        request.put("session_id", session);
        return RequestBuilder.of(request);
    }
}
