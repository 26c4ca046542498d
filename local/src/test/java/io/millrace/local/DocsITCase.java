package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of the documentation do what it says. */
class DocsITCase {
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", ".."));
    private static final Pattern BLOCK =
            Pattern.compile("```(sql|json events|json computed|json request)\\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyExampleOfThePagesIsAnsweredInFull() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/requests.md"))
                + Files.readString(ROOT.resolve("docs/query-plans.md"))
                + Files.readString(ROOT.resolve("docs/vector-indexes.md"))
                + Files.readString(ROOT.resolve("docs/text-search.md"))
                + Files.readString(ROOT.resolve("docs/hybrid-queries.md"));
        List<Answer> answers = run(page, Map.of());
        assertThat(answers).hasSizeGreaterThanOrEqualTo(11);
        assertThat(answers)
                .anySatisfy(
                        answer -> assertThat(answer.rows("recent").toString())
                                .isEqualTo(
                                        "[[\"p3\",\"Hierarchical navigable small worlds\",2018], [\"p2\",\"Navigable small worlds\",2014]]"));
        assertThat(answers)
                .anySatisfy(
                        answer -> assertThat(answer.rows("found").toString()).startsWith("[[\"n2\","));
        assertThat(answers)
                .anySatisfy(
                        answer -> assertThat(answer.rows("weather").toString()).startsWith("[[\"n2\","));
        assertThat(answers)
                .anySatisfy(answer ->
                        assertThat(answer.rows("never_cited").toString()).startsWith("[[\"p3\","));
        assertThat(answers)
                .anySatisfy(answer -> assertThat(answer.rows("lost").toString()).startsWith("[[\"m2\","));
        assertThat(answers)
                .anySatisfy(answer ->
                        assertThat(answer.rows("hours").toString()).contains("2026-11-02T00:00:00.000Z\",null"));
        assertThat(answers.stream()
                        .filter(answer ->
                                answer.json().path("request_id").asText().startsWith("q-"))
                        .map(answer -> answer.rows("count").toString()))
                .containsExactly("[[2]]", "[[2]]");
    }

    /** Runs the blocks of a page in their order. */
    private static List<Answer> run(String page, Map<String, String> options) {
        List<Answer> answers = new ArrayList<>();
        try (TestStack stack = TestStack.start(4, 2, options)) {
            ClientSettings own = ClientSettings.of(stack.stack().bootstrapServers());
            Map<String, Long> sent = new HashMap<>();
            Matcher block = BLOCK.matcher(page);
            while (block.find()) {
                String text = block.group(2);
                switch (block.group(1)) {
                    case "sql" -> answers.add(stack.run(text.strip()));
                    case "json events" -> sent.putAll(send(stack.client(), text));
                    case "json computed" -> {
                        try (MillraceClient computing = new MillraceClient(new ClientSettings(
                                own.kafka(),
                                "millrace.compute",
                                own.requestTopic(),
                                own.responseTopic(),
                                own.grace()))) {
                            sent.putAll(send(computing, text));
                        }
                    }
                    default ->
                        answers.add(stack.ask(RequestBuilder.of((ObjectNode) TestStack.json(text))
                                .minOffsets(new OffsetToken(sent))));
                }
            }
        }
        return answers;
    }

    private static Map<String, Long> send(MillraceClient client, String text) {
        List<JsonNode> events = new ArrayList<>();
        TestStack.json(text).forEach(events::add);
        return client.send(events).nextOffsets();
    }

    /** Each request of the page is followed by the columns and rows of its last step. */
    @Test
    void everyExampleOfComputedTypesIsAnsweredAsThePageSays() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/compute-read.md"));
        List<Answer> answers = run(page, Map.of("millrace.topics.compute", "millrace.compute")).stream()
                .filter(answer -> answer.requestId().startsWith("c-"))
                .toList();
        List<JsonNode> expected = new ArrayList<>();
        Matcher block = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL).matcher(page);
        while (block.find()) {
            expected.add(TestStack.json(block.group(1)));
        }

        assertThat(answers).hasSize(6).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            JsonNode result = answers.get(i).json().path("results").elements().next();
            assertThat(result.path("columns")).isEqualTo(expected.get(i).path("columns"));
            assertThat(result.path("rows")).isEqualTo(expected.get(i).path("rows"));
        }
    }

    /** Each request of the page is followed by how its plan reads; what differs from run to run is how long things took. */
    @Test
    void everyExplainedPlanReadsAsThePageSays() throws IOException {
        Path file = ROOT.resolve("docs/explain.md");
        List<String> texts = run(Files.readString(file), Map.of()).stream()
                .filter(answer -> answer.requestId().startsWith("e-"))
                .map(answer -> answer.json().at("/explain/text").asText())
                .toList();
        Pattern shown = Pattern.compile("```text\\n(.*?)```", Pattern.DOTALL);
        if (Boolean.getBoolean("golden.update")) {
            Iterator<String> next = texts.iterator();
            Files.writeString(
                    file,
                    shown.matcher(Files.readString(file))
                            .replaceAll(match -> Matcher.quoteReplacement("```text\n" + next.next() + "```")));
        }

        List<String> expected = shown.matcher(Files.readString(file))
                .results()
                .map(match -> withoutTimes(match.group(1)))
                .toList();
        assertThat(texts).hasSize(2).map(DocsITCase::withoutTimes).isEqualTo(expected);
    }

    private static String withoutTimes(String text) {
        return text.replaceAll("_ms: [0-9.E-]+", "_ms: …");
    }

    @Test
    void filesOfTheReadmeAreIngestedAndAnswered() throws IOException {
        try (TestStack stack = TestStack.start()) {
            String readme = Files.readString(ROOT.resolve("README.md"));
            Matcher statement = Pattern.compile("--statement \"([^\"]+)\"").matcher(readme);
            while (statement.find()) {
                stack.run(statement.group(1));
            }
            List<String> lines = Files.readAllLines(ROOT.resolve("docs/examples/papers.ndjson"));
            OffsetToken token = stack.client().send(lines.stream().map(TestStack::json));
            Answer answer = stack.ask(
                    RequestBuilder.plan(Files.readString(ROOT.resolve("docs/examples/similar-and-cited.json")))
                            .minOffsets(token));
            assertThat(answer.columns("found")).containsExactly("id", "title", "score", "count");
            assertThat(answer.column("found", "id").toString()).isEqualTo("[\"p1\", \"p2\"]");
            assertThat(answer.json().path("warnings")).isEmpty();
        }
    }
}
