package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.inference.ModelServer;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Questions through Kafka to a chat model and back as rows: a model that errs, is away, and is slow over a restart. */
class GeneratedPlansITCase {
    private static final String COUNT = "{\"steps\": [{\"id\": \"failed\", \"store\": \"document\", \"op\": \"scan\","
            + " \"params\": {\"collection\": \"logins\", \"filter\": {\"success\": false}}}, {\"id\": \"count\","
            + " \"store\": \"compute\", \"op\": \"aggregate\", \"params\": {\"input\": \"failed\"}}]}";
    private static final String OF_MEMBER = "{\"steps\": [{\"id\": \"of\", \"store\": \"document\", \"op\": \"scan\","
            + " \"params\": {\"collection\": \"logins\", \"filter\": {\"member\": \"$who\"}}}]}";

    private static volatile boolean away;
    private static volatile boolean silent;
    private static ModelServer server;
    private static TestStack stack;
    private static OffsetToken token;

    /** Speaks the protocol. It is wrong about fields until it is told so, and about weather for ever. */
    private static void answer(HttpExchange exchange, String body) throws IOException {
        if (away || silent) {
            ModelServer.status(away ? 503 : 429, "{\"error\": {\"message\": \"back soon\"}}", "Retry-After", "1")
                    .give(exchange, body);
            return;
        }
        JsonNode messages = TestStack.json(body).path("messages");
        String question = TestStack.json(messages.at("/1/content").asText())
                .path("question")
                .asText();
        String plan =
                question.contains("weather") ? "It is sunny." : question.contains("of a member") ? OF_MEMBER : COUNT;
        boolean firstTry = messages.size() == 2;
        String content = question.contains("wrong at first") && firstTry
                ? plan.replace("success", "succes")
                : "```json\n" + plan + "\n```";
        ObjectNode answer = TestStack.JSON.createObjectNode();
        ObjectNode choice = answer.putArray("choices").addObject();
        choice.putObject("message").put("role", "assistant").put("content", content);
        choice.put("finish_reason", "stop");
        ModelServer.json(answer.toString()).give(exchange, body);
    }

    @BeforeAll
    static void start() {
        server = new ModelServer(GeneratedPlansITCase::answer);
        stack = TestStack.start(
                4,
                2,
                Map.of(
                        "millrace.plan-generator", "openai",
                        "millrace.plan-generator.base-url", server.uri().toString(),
                        "millrace.plan-generator.model", "test",
                        "millrace.plan-generator.retries", "10",
                        "millrace.plan-generator.timeout", "5 s"));
        stack.run("CREATE COLLECTION logins (id STRING PRIMARY KEY, member STRING, success BOOLEAN)");
        token = stack.client()
                .send(List.of(login("l1", "ada", true), login("l2", "ada", false), login("l3", "bob", false)));
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
        server.close();
    }

    private static ObjectNode login(String id, String member, boolean success) {
        return TestStack.upsert(
                "logins",
                id,
                TestStack.JSON.createObjectNode().put("member", member).put("success", success));
    }

    private static RequestBuilder question(String text) {
        ObjectNode request = TestStack.JSON.createObjectNode();
        request.putObject("question").put("text", text);
        return RequestBuilder.of(request).minOffsets(token);
    }

    private static long calls(String text) {
        return server.calls().stream()
                .filter(call -> call.body().contains(text))
                .count();
    }

    @Test
    void questionIsAnsweredWithRowsAndAskedOfTheModelOnce() {
        for (String text : List.of("How many logins failed?", "how many  LOGINS failed?")) {
            Answer answer = stack.ask(question(text));
            assertThat(answer.rows("count").toString()).isEqualTo("[[2]]");
        }
        assertThat(calls("logins failed?")).isOne();
        assertThat(calls("LOGINS failed?")).isZero();
    }

    @Test
    void explainSaysWhereThePlanCameFrom() {
        for (String from : List.of("generated", "cache")) {
            Answer answer = stack.ask(question("What failed?").explain(ExplainLevel.PLAN));
            assertThat(answer.json().at("/explain/plan_from").asText()).isEqualTo(from);
            assertThat(answer.json().at("/explain/plan_cache_hit").asBoolean()).isEqualTo(from.equals("cache"));
            assertThat(answer.json().at("/explain/text").asText()).contains("collection: logins\n");
        }
    }

    @Test
    void parametersOfTheRequestStandInThePlanAndDoNotLeave() {
        RequestBuilder request = question("Logins of a member")
                .parameter("who", TestStack.JSON.getNodeFactory().textNode("ada"));

        assertThat(stack.ask(request).rows("of")).hasSize(2);
        assertThat(server.calls()).noneMatch(call -> call.body().contains("ada"));
    }

    @Test
    void planThatIsWrongAtFirstIsMended() {
        Answer answer = stack.ask(question("Failed logins, wrong at first"));

        assertThat(answer.rows("count").toString()).isEqualTo("[[2]]");
        assertThat(calls("wrong at first")).isEqualTo(2);
        assertThat(calls("\\\"nearest\\\":\\\"success\\\"")).isOne();
    }

    @Test
    void questionThatTheModelCannotPlanSaysWhoseFaultItIs() {
        Answer answer = stack.client().ask(question("How is the weather?"));

        assertThat(answer.errorCode()).isEqualTo("PLAN_REQUIRED");
        assertThat(answer.json().at("/errors/1/path").asText()).isEqualTo("$.generated_plan");
        assertThat(answer.json().at("/errors/1/message").asText()).startsWith("generated plan: ");
    }

    @Test
    void modelThatIsAwayOrSlowCostsQuestionsOnlyAndWhatWaitsIsAnsweredAfterARestart() throws Exception {
        stack.ask(question("Which failed?"));
        away = true;
        try {
            Answer late = stack.client().ask(question("Is it away?").timeout(Duration.ofMillis(600)));
            assertThat(late.errorCode()).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(stack.ask(question("Which failed?")).rows("count"))
                    .as("kept")
                    .hasSize(1);
            assertThat(stack.ask(COUNT, token).rows("count")).as("a plan").hasSize(1);
        } finally {
            away = false;
        }
        silent = true;
        CompletableFuture<Answer> waiting;
        try {
            waiting = stack.client()
                    .request(question("Who waits?").timeout(TestStack.PATIENCE).build());
            TestStack.await().until(() -> calls("Who waits?") > 0);
            Path savepoint = stack.stack().stopJob();
            stack.stack().startJob(savepoint, 3);
        } finally {
            silent = false;
        }
        Answer answer = TestStack.good(waiting.join());
        assertThat(answer.rows("count").toString()).isEqualTo("[[2]]");
        assertThat(stack.stack().flink().restarts()).isZero();
    }
}
