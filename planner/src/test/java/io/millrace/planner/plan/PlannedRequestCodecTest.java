package io.millrace.planner.plan;

import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Patterns;
import io.millrace.planner.Samples;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.EdgeField;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.Golden;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlannedRequestCodecTest {
    private static PlannedRequest request(String name) {
        return new PlannedRequest(
                "r-1",
                new RequestOrigin("millrace.requests", Samples.NOW_MS, "replies", new byte[] {1, 2, 3}),
                -5,
                ExplainLevel.ANALYZE,
                new OffsetToken(Map.of("events-0", 12L)),
                500L,
                true,
                Samples.NOW_MS,
                Samples.NOW_MS + 60_000,
                9,
                outcome(name));
    }

    private static PlannedRequest.Outcome outcome(String name) {
        return switch (name) {
            case "run" -> new PlannedRequest.Run(everyStep());
            case "groups" -> new PlannedRequest.Run(GroupPushDown.apply(groups(), false));
            case "filtered" -> new PlannedRequest.Run(GroupPushDown.apply(filtered(), false));
            case "text" ->
                new PlannedRequest.Run(Samples.textPlan(
                        step("s1", "vector.search", "{'index': 'events_v', 'query_text': 'Größe', 'top_k': 3}")));
            case "rows" -> new PlannedRequest.Run(rowSearches());
            case "reads" -> new PlannedRequest.Run(everyRead());
            case "match" -> new PlannedRequest.Run(match());
            case "bounds" -> new PlannedRequest.Run(bounds());
            case "crossing" -> new PlannedRequest.Run(crossing());
            case "command" ->
                new PlannedRequest.Command(new CatalogCommand(
                        new ControlRecord("r-1", new CatalogChange.DropCollection("papers", true)), "papers"));
            case "status" ->
                new StatementPlanner(Samples.catalog()).plan("r-1", "SHOW VECTOR INDEX STATUS events_v", Map.of());
            case "table" -> CommandAnswers.of("papers", new ControlOutcome(4, true, null));
            default -> Answer.errors(Samples.parse("{'steps': [1], 'x': 2}").problems());
        };
    }

    private static Plan everyStep() {
        return Objects.requireNonNull(Samples.parse("{'plan_id': 'p', 'steps': ["
                        + String.join(
                                ",",
                                step(
                                        "s1",
                                        "document.scan",
                                        "{'event_type': 'Login', 'time_range': {'last': '7d'}, 'filter': {'success': false,"
                                                + " 'amount': {'in': [1, 2], 'gt': 0}, 'error': {'starts_with': 'E'}},"
                                                + " 'project': ['memberCode', 'amount'], 'order_by': 'amount desc', 'limit':"
                                                + " 5}"),
                                step(
                                        "s2",
                                        "vector.search",
                                        "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 3, 'project':"
                                                + " ['error']}"),
                                step(
                                        "s3",
                                        "graph.traverse",
                                        "{'start': {'ref': 's1', 'field': 'memberCode', 'entity_type': 'Member'},"
                                                + " 'edge_types': ['OpenedGame'], 'edge_filter': {'weight': {'gt': 0.5}},"
                                                + " 'direction': 'both', 'depth': 2, 'project': ['title']}"),
                                step(
                                        "s4",
                                        "graph.traverse",
                                        "{'start': {'ids': [1, 2], 'entity_type': 'Person'}, 'aggregate': 'count'}"),
                                step(
                                        "s5",
                                        "compute.filter",
                                        "{'input': 's1', 'join': 's3', 'join_key': 'memberCode', 'condition': 'not (amount"
                                                + " > 3 or amount in (1, 2)) and title is not null and depth = 1',"
                                                + " 'order_by': 'amount desc'}"),
                                step(
                                        "s6",
                                        "compute.aggregate",
                                        "{'input': 's5', 'group_by': 'title', 'metrics': [{'agg': 'max', 'field':"
                                                + " 'amount'}]}"))
                        + "], 'render': [{'type': 'table', 'data': 's6', 'columns': ['title', 'nope']}]}")
                .plan());
    }

    private static Plan groups() {
        return Samples.plan(
                step("s", "document.scan", "{'event_type': 'Login', 'filter': {'success': false}}"),
                step(
                        "a",
                        "compute.aggregate",
                        "{'input': 's', 'group_by': 'platform', 'metrics': [{'agg': 'sum', 'field': 'amount'}, {'agg':"
                                + " 'count_distinct', 'field': 'memberCode'}], 'order_by': 'sum_amount desc', 'limit': 3}"),
                step("t", "compute.timeline", "{'input': 's', 'bucket': '1h', 'metric': 'max', 'field': 'amount'}"),
                step("v", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 3}"),
                step("w", "vector.search", "{'index': 'events_v', 'query_vector': [3, 2, 1], 'top_k': 3}"),
                step(
                        "f",
                        "compute.fuse",
                        "{'input': ['v', 'w'], 'method': 'relative_score', 'weights': [0.5, 1], 'window': 9, 'limit': 2}"));
    }

    private static Plan filtered() {
        return Samples.plan(
                step("s", "document.scan", "{'event_type': 'Login'}"),
                step("f", "compute.filter", "{'input': 's', 'condition': 'amount > 3'}"),
                step(
                        "a",
                        "compute.aggregate",
                        "{'input': 'f', 'metrics': [{'agg': 'count_distinct', 'field': 'amount'}]}"),
                step("b", "compute.aggregate", "{'input': 's'}"));
    }

    private static Plan rowSearches() {
        return Samples.plan(
                step("s1", "vector.search", "{'index': 'events_v', 'query_ref': {'id': 'ä', 'exclude_self': true}}"),
                step("s2", "vector.search", "{'index': 'events_v', 'query_ref': {'ref': 's1'}, 'project': 'v'}"),
                step("s3", "vector.search", "{'index': 'events_v', 'query_ref': {'ref': 's2', 'field': 'v'}}"));
    }

    private static Plan everyRead() {
        String members = "'filter': {'member_set': {'ref': 'r1', 'field': 'id'}}";
        return Samples.plan(
                step("r1", "compute.read", "{'type': 'Member', 'filter': {'age': {'gt': 3}}, 'order_by': 'age'}"),
                step("r2", "compute.read", "{'type': 'Login', 'filter': {'member_set': {'ids': ['a', 'b']}}}"),
                step("r3", "compute.read", "{'type': 'Member', 'filter': {'id': {'in': ['m1', 'm2']}}, 'limit': 2}"),
                step("r4", "compute.read", "{'type': 'index_status', 'index': 'events_v', 'project': ['name']}"),
                step("r5", "compute.read", "{'type': 'collection_stats', 'order_by': 'rows desc'}"),
                step("r6", "compute.read", "{'type': 'degree', 'collection': 'Member', " + members + "}"),
                step("r7", "compute.read", "{'type': 'cluster_info', 'limit': 7, " + members + "}"),
                step("r8", "compute.read", "{'type': 'degree', 'collection': 'Member', 'top_k': 9}"));
    }

    private static Plan match() {
        ResolvedPattern pattern = Patterns.resolve(
                Samples.catalog(),
                "(a:Person {id: 7, name: 'x'})-[r:KNOWS {since: 1999}]->(b)-[s:KNOWS*0..2]-(c)<-[t]-(a)");
        PatternAlias many = Objects.requireNonNull(pattern.alias("s"));
        Pattern whole = pattern.and(many, new Predicate.Compare("weight", Comparison.GT, 1L))
                .pattern();
        List<Binding> output =
                List.of(new VertexKey(0), new VertexField(1, "name"), new EdgeField(0, "since"), new EdgeTypeName(2));
        List<Column> columns = List.of(
                new Column("a", ValueType.INT),
                new Column("b.name", ValueType.STRING),
                new Column("r.since", ValueType.INT),
                new Column("t", ValueType.STRING));
        StepHead head = new StepHead("result", List.of(), 30_000, columns);
        return new Plan(
                null, List.of(new GraphMatch(head, whole, output, new RowLimit(9, true))), List.of(), List.of());
    }

    /** Searches whose rows nobody has bounded, and lists of what a pattern does not bind. */
    private static Plan bounds() {
        VectorSearch search = (VectorSearch) Samples.plan(
                        step("s1", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 3}"))
                .steps()
                .get(0);
        PatternFilter match = new PatternFilter(
                Patterns.resolve(Samples.catalog(), "(a:Person)-[:KNOWS]->(b)").pattern(), 1, true);
        List<float[]> queries = List.of(new float[] {1, 2, 3}, new float[] {3, 2, 1});
        Fusion fusion = new Fusion(Fusion.Method.WEIGHTED, 60, 9, 0.5, 0.25, 0.25);
        return new Plan(
                null,
                List.of(
                        new RankedSearch(search, List.of(new OrderKey(0, true)), null, true),
                        new FusedSearch(search, queries, fusion, match, false),
                        new FusedSearch(search, queries, fusion, null, true)),
                List.of(),
                List.of());
    }

    /** Searches across vectors and the graph: decided, joined by rank, and not bounded by anybody. */
    private static Plan crossing() {
        VectorSearch search = (VectorSearch) Samples.plan(
                        step("s1", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 3}"))
                .steps()
                .get(0);
        Pattern pattern = Patterns.resolve(Samples.catalog(), "(a:Person)-[:KNOWS*1..2]->(b)")
                .pattern();
        StrategyDecision decision = new StrategyDecision(
                Strategy.PARALLEL,
                "asked",
                0.25,
                4,
                List.of(
                        new StrategyDecision.Cost(Strategy.VECTOR_FIRST, 1.5, "more"),
                        new StrategyDecision.Cost(Strategy.GRAPH_FIRST, null, "unknown")));
        return new Plan(
                null,
                List.of(
                        new CrossStoreSearch(
                                search, pattern, 0, false, Fusion.rrf(60), Strategy.PARALLEL, decision, false),
                        new CrossStoreSearch(search, pattern, 1, true, null, null, null, true)),
                List.of(),
                List.of());
    }

    private static byte[] bytes(PlannedRequest request) {
        ValueWriter out = new ValueWriter();
        PlannedRequestCodec.write(request, out);
        return out.toBytes();
    }

    /** State that holds the bytes in the files must be read for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v2-run",
                "v2-groups",
                "v2-filtered",
                "v2-text",
                "v2-rows",
                "v2-reads",
                "v2-match",
                "v2-bounds",
                "v2-crossing",
                "v2-status",
                "v1-command",
                "v1-table",
                "v1-errors"
            })
    void committedBytesAreStillRead(String file) {
        String name = file.substring(3);
        PlannedRequest request = request(name);
        byte[] golden = Golden.bytes("planned-request-" + file + ".bin", bytes(request));

        PlannedRequest read = PlannedRequestCodec.read(new ValueReader(golden));

        assertThat(bytes(read)).isEqualTo(golden);
        assertThat(bytes(request)).isEqualTo(golden);
        assertThat(read.origin()).isEqualTo(request.origin());
        assertThat(read.deadlineMs()).isEqualTo(request.deadlineMs());
        if (name.equals("errors") || name.equals("command")) {
            assertThat(read).isEqualTo(request);
        }
    }

    /** Written before plans named the edge types of the collections that they count. */
    @Test
    void countsOfCollectionsWithoutEdgeTypesAreStillRead() {
        byte[] former = Golden.readOnly("planned-request-v2-reads-uncounted.bin");
        PlannedRequest read = PlannedRequestCodec.read(new ValueReader(former));

        Plan plan = ((PlannedRequest.Run) read.outcome()).plan();
        Reading.Computed stats = (Reading.Computed) ((Step.ComputeRead) plan.steps().stream()
                        .filter(step -> step.id().equals("r5"))
                        .findFirst()
                        .orElseThrow())
                .reading();
        assertThat(((Reading.StatisticsSource) stats.source()).collections())
                .isNotEmpty()
                .allSatisfy(collection -> assertThat(collection.edgeTypes()).isEmpty());
    }

    /** Plans did not say where they came from then, and aggregates had neither order nor limit. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "status"})
    void plansOfVersion1AreThoseOfRequests(String name) {
        byte[] former = Golden.readOnly("planned-request-v1-" + name + ".bin");
        assertThat(bytes(PlannedRequestCodec.read(new ValueReader(former)))).isEqualTo(bytes(request(name)));
    }
}
