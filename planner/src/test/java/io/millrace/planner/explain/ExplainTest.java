package io.millrace.planner.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.planner.Samples;
import io.millrace.planner.explain.StepMeasures.AnswerMeasures;
import io.millrace.planner.explain.StepMeasures.FanOut;
import io.millrace.planner.explain.StepMeasures.RoundMeasures;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.plan.StrategyDecision;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.Golden;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.SearchStats;
import io.millrace.protocol.fragment.ShardStats;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Stream<String> names() {
        return ExplainPlans.all().keySet().stream();
    }

    private static Explanation explain(String name) {
        return Explain.plan(Objects.requireNonNull(ExplainPlans.all().get(name)), 9);
    }

    @ParameterizedTest
    @MethodSource("names")
    void textAndJsonOfAPlanAreThoseCommitted(String name) throws IOException {
        Explanation explained = explain(name);

        Golden.verify("explain/" + name + ".txt", explained.text());
        Golden.verify(
                "explain/" + name + ".json",
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(explained.json()) + "\n");
    }

    @Test
    void everyKindOfNodeStandsInACommittedTree() {
        Set<String> shown = new TreeSet<>();
        for (String name : ExplainPlans.all().keySet()) {
            Golden.read("explain/" + name + ".txt")
                    .lines()
                    .map(line -> line.replaceAll("[│├└─ ]", ""))
                    .forEach(shown::add);
        }

        assertThat(shown)
                .containsAll(
                        Arrays.stream(NodeKind.values()).map(NodeKind::text).toList());
    }

    @Test
    void everyKindOfStepIsExplained() {
        Set<Class<?>> explained = ExplainPlans.all().values().stream()
                .flatMap(plan -> plan.steps().stream())
                .map(Step::getClass)
                .collect(Collectors.toSet());

        assertThat(explained).containsExactlyInAnyOrder(Step.class.getPermittedSubclasses());
    }

    /** Both are made of the same nodes: what one names, the other names too. */
    @ParameterizedTest
    @MethodSource("names")
    void textHasALineForEachFactOfTheJson(String name) {
        Explanation explained = explain(name);
        List<String> lines = explained.text().lines().toList();

        int facts = 0;
        for (ExplainNode node : explained.tree().all().toList()) {
            assertThat(lines).anyMatch(line -> line.endsWith(node.kind().text()));
            int[] ofNode = {0};
            node.facts().forEachLine((fact, value) -> {
                ofNode[0]++;
                assertThat(lines).anyMatch(line -> line.endsWith(fact + ": " + Explanation.oneLine(value)));
            });
            facts += ofNode[0] + 1;
        }
        int[] ofRoot = {0};
        explained.facts().forEachLine((fact, value) -> ofRoot[0]++);
        assertThat(lines).hasSize(facts + ofRoot[0]);
    }

    @Test
    void planOfOneChainIsNestedAndOneWithASharedStepIsASequence() {
        assertThat(explain("join").tree().kind()).isEqualTo(NodeKind.LIMIT);
        ExplainNode sequence = explain("sequence").tree();

        assertThat(sequence.kind()).isEqualTo(NodeKind.SEQUENCE);
        assertThat(sequence.children())
                .extracting(node -> node.facts().values().get("step"))
                .containsExactly("all", "good", "bad");
        assertThat(sequence.children().get(2).facts().values().get("inputs")).isEqualTo(List.of("all"));
    }

    /** A step that only comes after another does not stand above it, as if it took its rows. */
    @Test
    void stepThatOnlyWaitsForAnotherSaysSo() {
        Plan plan = Samples.plan(
                "{'id': 'b', 'store': 'document', 'op': 'scan', 'params': {'collection': 'Game'}, 'depends_on': ['a']}",
                Samples.step("a", "document.scan", "{'collection': 'Member'}"));

        ExplainNode tree = Explain.plan(plan, 9).tree();

        assertThat(tree.kind()).isEqualTo(NodeKind.SEQUENCE);
        assertThat(tree.children())
                .extracting(node -> node.facts().values().get("step"))
                .containsExactly("a", "b");
        assertThat(tree.children().get(1).facts().values().get("after")).isEqualTo(List.of("a"));
    }

    @Test
    void decisionOfTheStepIsTheOneTold() {
        JsonNode node = explain("cross-store").json().path("tree");

        assertThat(node.path("strategy").asText()).isEqualTo("vector_first");
        assertThat(node.path("estimated_cost_ms").asDouble()).isEqualTo(1.5);
        assertThat(node.path("rejected")).hasSize(2);
        assertThat(node.at("/rejected/0/estimated_cost_ms").asDouble()).isEqualTo(12.25);
        assertThat(node.at("/rejected/1").has("estimated_cost_ms")).isFalse();
        assertThat(node.at("/rejected/1/why").asText()).isEqualTo("there are no statistics of the edges");
        assertThat(node.has("measured")).isFalse();
    }

    private static Explanation crossStoreThatRan(StrategyDecision executed) {
        SearchStats search = new SearchStats(0, "ANN", null, "hnsw", "post_filter", 100, 40, 1, 40, 300, 90, false);
        FragmentStats searched = new FragmentStats(
                40, 30, 340, 2_000_000, "ANN", null, List.of(search), List.of(new ShardStats(0, 40, 1_500_000)));
        FragmentStats walked =
                new FragmentStats(25, 20, 0, 1_000_000, null, null, List.of(), List.of(new ShardStats(0, 25, 250_000)));
        List<RoundMeasures> rounds = List.of(
                new RoundMeasures(
                        NodeKind.VECTOR_SEARCH,
                        "search_vectors",
                        0,
                        2.5,
                        searched,
                        List.of(new AnswerMeasures(List.of(0, 1), 30, 40, 30, 2))),
                new RoundMeasures(
                        NodeKind.MATCH_TRAVERSAL,
                        "expand_vertices",
                        2.5,
                        1.25,
                        walked,
                        List.of(new AnswerMeasures(List.of(0, 1), 20, 25, 20, 1))));
        Measures task = new Measures(1, 30L, 0, 30L, 0.4, executed, Map.of());
        StepMeasures step = new StepMeasures("OK", 10, 4, new FanOut(2, List.of(), List.of(), rounds), task);
        Plan plan = Objects.requireNonNull(ExplainPlans.all().get("cross-store"));
        return Explain.run(plan, 9, new Explain.Measured(1, 4.5, null, new Coverage(2, 2, List.of()), List.of(step)));
    }

    @Test
    void searchAcrossStoresThatRanTellsWhatItDid() throws IOException {
        Explanation explained = crossStoreThatRan(ExplainPlans.DECISION);

        Golden.verify("explain/analyzed-cross-store.txt", explained.text());
        assertThat(explained.tree().measured().values()).containsEntry("as_planned", true);
    }

    /** A strategy that did not run is not told, whatever the plan had. */
    @Test
    void decisionThatRanIsToldWhereThePlanHadAnother() {
        StrategyDecision other =
                new StrategyDecision(Strategy.GRAPH_FIRST, "threshold", 0.001, 10, ExplainPlans.DECISION.costs());

        Map<String, Object> facts = crossStoreThatRan(other).tree().facts().values();
        Map<String, Object> measured =
                crossStoreThatRan(other).tree().measured().values();

        assertThat(facts).containsEntry("strategy", "graph_first").containsEntry("estimated_selectivity", 0.001);
        assertThat(measured).containsEntry("strategy", "graph_first").containsEntry("as_planned", false);
    }

    @Test
    void everyNodeIsOneLineOfTheLogBehindItsTag() {
        List<String> lines = ExplainLog.lines("r 1", crossStoreThatRan(ExplainPlans.DECISION));

        assertThat(lines)
                .extracting(line -> line.substring(0, line.indexOf(' ', line.indexOf("node="))))
                .containsExactly(
                        "[plan] request=\"r 1\" node=Request",
                        "[hybrid] request=\"r 1\" node=CrossStoreSearch",
                        "[ann] request=\"r 1\" node=VectorSearch",
                        "[graph] request=\"r 1\" node=MatchTraversal",
                        "[plan] request=\"r 1\" node=ShardFanOut");
        assertThat(lines.get(1))
                .contains(" strategy=vector_first ", " estimated_cost_ms=1.5 ", " measured.rows_out=10 ");
        assertThat(lines.get(2)).contains(" path=ANN ", " measured.engine=hnsw ");
    }

    @Test
    void whatUsersWriteMakesNeitherALineNorAFactOfTheLog() {
        Plan plan = Samples.plan(Samples.step(
                "s", "document.scan", "{'collection': 'events', 'filter': {'platform': 'a\\n[plan] x=1'}}"));

        List<String> lines = ExplainLog.lines("r\n[ann] node=VectorSearch", Explain.plan(plan, 9));

        assertThat(lines).hasSize(4).allSatisfy(line -> assertThat(line).doesNotContain("\n"));
        assertThat(lines.get(3)).contains(" filter=\"platform = 'a\\n[plan] x=1'\"");
    }

    /** What a caller writes may be long, and may look like a line of the tree. */
    @Test
    void filtersOfAnyLengthTakeOneBoundedLine() {
        String hostile = "'{\\n└─ VectorSearch\\n" + "x".repeat(2_000) + "}'";
        Plan plan = Samples.plan(Samples.step(
                "s", "document.scan", "{'collection': 'events', 'filter': {'platform': " + hostile + "}}"));

        Explanation explained = Explain.plan(plan, 9);

        assertThat(explained.text().lines()).noneMatch(line -> line.endsWith("VectorSearch"));
        assertThat(explained.text().lines()).allMatch(line -> line.length() < BoundedText.CHARACTERS_MAX + 100);
    }
}
