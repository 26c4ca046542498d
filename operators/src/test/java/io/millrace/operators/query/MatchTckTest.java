package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.operators.query.CypherText.UnreadableException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The MATCH scenarios of openCypher's compatibility kit, through planner, coordinator and shards. What becomes of each is
 * committed in docs/tck.md: it passes, or our language cannot express it, and why; {@code -Dgolden.update=true} rewrites
 * the page.
 */
class MatchTckTest {
    private static final Path PAGE = Path.of(System.getProperty("millrace.root", ".."), "docs", "tck.md");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PASSES = "passes";
    private static final String REFUSED = "passes: an error where openCypher gives no row";

    @Test
    void everyScenarioPassesOrCannotBeExpressed() throws IOException {
        TreeMap<String, List<String>> byFile = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        for (String line : Files.readAllLines(SharedData.path("tck_opencypher/opencypher_tck.jsonl"))) {
            JsonNode scenario = JSON.readTree(line);
            String file = scenario.get("file").asText();
            if (file.startsWith("clauses/match")) {
                String outcome = outcome(scenario);
                String feature = file.substring(file.lastIndexOf('/') + 1).replace(".feature", "");
                String name = scenario.get("name").asText();
                byFile.computeIfAbsent(feature, each -> new ArrayList<>())
                        .add("| " + name.replace("|", "\\|") + " | " + outcome + " |");
                counts.merge(outcome, 1, Integer::sum);
                if (!outcome.startsWith(PASSES) && !isReason(outcome)) {
                    failures.add(feature + " " + name + ": " + outcome + "\n"
                            + scenario.get("query").asText());
                }
            }
        }
        String page = page(byFile, counts);
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }

        assertThat(failures).isEmpty();
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static boolean isReason(String outcome) {
        return Arrays.stream(TckReason.values())
                .anyMatch(reason -> reason.name().equals(outcome));
    }

    private static String outcome(JsonNode scenario) {
        String query = scenario.get("query").asText();
        boolean error = scenario.get("expect").asText().equals("error");
        try {
            if (scenario.get("outline").asBoolean()) {
                throw TckReason.OUTLINE.exception();
            }
            List<String> setup = new ArrayList<>();
            scenario.get("setup").forEach(text -> setup.add(text.asText()));
            TckGraph graph = TckGraph.of(setup);
            TckQuery translated;
            try {
                translated = new TckQuery(query);
            } catch (UnreadableException e) {
                // What no reader understands must be an error to us, too.
                return error && isRefused(new OneThreadJob(1, 0).ask(query, Map.of(), Map.of()))
                        ? PASSES
                        : "cannot be read: " + e.getMessage();
            }
            return run(scenario, graph, translated, error);
        } catch (TckReason.Exception e) {
            return e.reason.name();
        } catch (UnreadableException e) {
            return TckReason.SETUP.name();
        }
    }

    private static boolean isRefused(Response response) {
        return response.status() == Response.Status.ERROR
                && response.errors().stream()
                        .allMatch(problem -> problem.code().name().startsWith("INVALID_")
                                || problem.code().name().startsWith("NOT_FOUND_"));
    }

    private static String run(JsonNode scenario, TckGraph graph, TckQuery query, boolean error)
            throws TckReason.Exception, UnreadableException {
        graph.know(query.labels, query.nodeProperties, query.edgeProperties);
        String statement = query.statement(graph);
        OneThreadJob job = new OneThreadJob(3, 0);
        graph.build(job, query.types);
        Response response = job.ask(statement, parameters(scenario), Map.of());
        if (error) {
            return isRefused(response) ? PASSES : "no error for " + statement;
        }
        List<String> expected = new ArrayList<>();
        for (int i = 1; i < scenario.get("table").size(); i++) {
            List<String> cells = new ArrayList<>();
            for (JsonNode cell : scenario.get("table").get(i)) {
                cells.add(TckQuery.normal(cell.asText()));
            }
            expected.add(cells.toString());
        }
        if (isRefused(response)
                && expected.isEmpty()
                && response.errors().stream().allMatch(MatchTckTest::saysNoPath)) {
            return REFUSED;
        }
        if (response.status() != Response.Status.OK) {
            return response.errors() + " for " + statement;
        }
        ResultTable table = response.results().values().iterator().next();
        List<String> actual = table.rows().stream()
                .map(row -> {
                    List<String> cells = new ArrayList<>();
                    for (int i = 0; i < row.length; i++) {
                        cells.add(TckQuery.literal(query.shown.get(i), row[i], graph));
                    }
                    return cells.toString();
                })
                .sorted()
                .toList();
        return actual.equals(expected.stream().sorted().toList())
                ? PASSES
                : actual + " and not " + expected + " for " + statement;
    }

    /** The schema, or the length, says that there is no path. */
    private static boolean saysNoPath(Problem problem) {
        return problem.message().contains("can lead from") || problem.message().contains("cannot have at least");
    }

    private static Map<String, JsonNode> parameters(JsonNode scenario) {
        Map<String, JsonNode> parameters = new HashMap<>();
        for (JsonNode pair : scenario.path("params")) {
            Object value = TckGraph.value(pair.get(1).asText());
            parameters.put(
                    pair.get(0).asText().replaceAll("^(?=[0-9])", "p"),
                    value instanceof Long number
                            ? JsonNodeFactory.instance.numberNode(number)
                            : JsonNodeFactory.instance.textNode(String.valueOf(value)));
        }
        return parameters;
    }

    private static String page(TreeMap<String, List<String>> byFile, Map<String, Integer> counts) {
        StringBuilder page = new StringBuilder("""
                # The compatibility kit of openCypher

                What becomes of the scenarios of `clauses/match` and `clauses/match-where`. A label is a collection (nodes without one
                are rows of a collection of their own), a relationship type one edge type for each pair of labels it leads between, and
                a relationship without a name gets one, because without it parallel edges give one row with us. A relationship without
                an upper bound gets the number of edges of the graph. `MATCH (a:A) MATCH (a)-[…` is written as one pattern.
                MatchTckTest runs all of them and compares rows; this page is what it found.

                | outcome | scenarios | |
                |---|---|---|
                """);
        counts.forEach((outcome, count) -> page.append("| ")
                .append(outcome)
                .append(" | ")
                .append(count)
                .append(" | ")
                .append(isReason(outcome) ? TckReason.valueOf(outcome).text : "")
                .append(" |\n"));
        byFile.forEach((feature, lines) -> page.append("\n## ")
                .append(feature)
                .append("\n\n| scenario | outcome |\n|---|---|\n")
                .append(String.join("\n", lines))
                .append('\n'));
        return page.toString();
    }
}
