package io.millrace.planner.explain;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;

import io.millrace.planner.Patterns;
import io.millrace.planner.Samples;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Outcome;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.planner.plan.StepHead;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.plan.StrategyDecision;
import io.millrace.planner.plan.StrategyDecision.Cost;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plans that together have every kind of step. */
final class ExplainPlans {
    private static final List<Column> FOUND =
            List.of(new Column("id", ValueType.STRING), new Column("score", ValueType.DOUBLE));
    static final StrategyDecision DECISION = new StrategyDecision(
            Strategy.VECTOR_FIRST,
            "least_cost",
            0.25,
            4,
            List.of(
                    new Cost(Strategy.VECTOR_FIRST, 1.5, "40 candidates checked one by one"),
                    new Cost(Strategy.GRAPH_FIRST, 12.25, "every one of 250 paths is walked"),
                    new Cost(Strategy.PARALLEL, null, "there are no statistics of the edges")));

    private ExplainPlans() {}

    static Map<String, Plan> all() {
        Map<String, Plan> plans = new LinkedHashMap<>();
        plans.put("scan", scan());
        plans.put(
                "keys",
                plan(step(
                        "s",
                        "document.scan",
                        "{'collection': 'events', 'filter': {'key': {'in':"
                                + " ['e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7']}}, 'limit': 10}")));
        plans.put("join", join());
        plans.put("groups", groups());
        plans.put("whole-groups", wholeGroups());
        plans.put("filtered-groups", filteredGroups());
        plans.put(
                "search",
                plan(
                        step(
                                "v",
                                "vector.search",
                                "{'collection': 'events', 'query_vector': [1, 2, 3], 'top_k': 5, 'filter': {'platform': 'ios'}}")));
        plans.put("ann", new Plan("p-ann", List.of(search("v", null)), List.of(), List.of()));
        plans.put("status", status());
        plans.put("ranked", ranked());
        plans.put("fused", new Plan(null, List.of(fusedSearch()), List.of(), List.of(), PlanSource.GENERATED));
        plans.put("fused-match", new Plan(null, List.of(fusedMatch()), List.of(), List.of()));
        plans.put("fuse", fuse());
        plans.put("traverse", traverse());
        plans.put("match", match());
        plans.put("reads", reads());
        plans.put("sequence", sequence());
        plans.put("cross-store", new Plan(null, List.of(crossStore(DECISION, null, false)), List.of(), List.of()));
        plans.put("cross-store-fusion", new Plan(null, List.of(graphFirst()), List.of(), List.of()));
        return plans;
    }

    private static Plan scan() {
        return plan(step(
                        "recent",
                        "document.scan",
                        "{'event_type': 'Login', 'time_range': {'last': '7d'}, 'filter': {'success': false, 'amount':"
                                + " {'gt': 3, 'lte': 9}, 'error': {'contains': 'time'}, 'platform': {'in': ['ios',"
                                + " 'web']}}, 'project': ['memberCode', 'amount'], 'order_by': 'amount desc', 'limit': 20}"))
                .from(PlanSource.CACHE);
    }

    private static Plan join() {
        return plan(
                step("logins", "document.scan", "{'collection': 'events', 'limit': 50}"),
                step(
                        "counts",
                        "compute.aggregate",
                        "{'input': 'more', 'group_by': 'memberCode', 'metrics': [{'agg': 'count'}]}"),
                step("more", "document.scan", "{'collection': 'events', 'filter': {'amount': {'gte': 18}}}"),
                step(
                        "busy",
                        "compute.filter",
                        "{'input': 'logins', 'join': 'counts', 'join_type': 'inner', 'join_key': 'memberCode',"
                                + " 'condition': 'counts.count > 2', 'order_by': 'amount desc', 'limit': 10}"));
    }

    private static Plan groups() {
        return GroupPushDown.apply(
                plan(
                        step("events", "document.scan", "{'collection': 'events', 'filter': {'success': true}}"),
                        step(
                                "by_platform",
                                "compute.aggregate",
                                "{'input': 'events', 'group_by': ['platform'], 'metrics': [{'agg': 'count'}, {'field':"
                                        + " 'memberCode', 'agg': 'count_distinct', 'as': 'members'}, {'field':"
                                        + " 'amount', 'agg': 'sum'}], 'order_by': 'count desc',"
                                        + " 'limit': 3}")),
                false);
    }

    private static Plan filteredGroups() {
        return GroupPushDown.apply(
                plan(
                        step("events", "document.scan", "{'collection': 'events', 'filter': {'success': true}}"),
                        step("paid", "compute.filter", "{'input': 'events', 'condition': 'amount > 3 or price > 1.5'}"),
                        step("hours", "compute.timeline", "{'input': 'paid', 'bucket': '1h'}"),
                        step("all", "compute.aggregate", "{'input': 'events', 'group_by': 'platform'}")),
                false);
    }

    private static Plan wholeGroups() {
        return plan(
                step("events", "document.scan", "{'collection': 'events', 'limit': 1000}"),
                step(
                        "hours",
                        "compute.timeline",
                        "{'input': 'events', 'bucket': '1h', 'metric': 'sum', 'field': 'amount'}"));
    }

    static VectorSearch search(String id, @Nullable String reason) {
        SearchVectors search = new SearchVectors(
                new DocumentSelection(1, null, null, new Predicate.Compare("platform", Comparison.EQ, "ios")),
                "v",
                7L,
                Metric.L2,
                new float[] {1, 2, 3},
                10,
                List.of("platform"),
                reason != null,
                100,
                4);
        StepHead head = new StepHead(id, List.of(), 30_000, FOUND);
        return new VectorSearch(head, "events", "events_v", reason, search, null, List.of(0, 1));
    }

    private static Plan status() {
        Outcome outcome =
                new StatementPlanner(Samples.catalog()).plan("r-1", "SHOW VECTOR INDEX STATUS events_v", Map.of());
        return ((PlannedRequest.Run) outcome).plan();
    }

    private static Plan ranked() {
        Plan members = plan(step("m", "document.scan", "{'collection': 'events', 'project': ['key']}"));
        VectorSearch plain = search("v", "asked");
        List<Column> withPlatform = List.of(FOUND.get(0), FOUND.get(1), new Column("platform", ValueType.STRING));
        VectorSearch behind = new VectorSearch(
                new StepHead("v", List.of(0), 30_000, withPlatform),
                plain.collection(),
                plain.index(),
                plain.reason(),
                plain.search().among(null, true),
                null,
                List.of(0, 1, 2));
        Step ranked = new RankedSearch(behind, List.of(new OrderKey(2, true)), new MembersOfColumn(0, 0), false);
        return new Plan(null, List.of(members.steps().get(0), ranked), List.of(), List.of());
    }

    private static Step fusedSearch() {
        Fusion fusion = new Fusion(Fusion.Method.RRF, 60, 200, 0.6, 0.3, 0.1);
        return new FusedSearch(
                search("f", null), List.of(new float[] {1, 2, 3}, new float[] {3, 2, 1}), fusion, null, false);
    }

    private static Step fusedMatch() {
        FusedSearch fused = (FusedSearch) fusedSearch();
        Pattern pattern = Patterns.resolve(Samples.catalog(), "(a:Person)-[:KNOWS*1..2]->(b:Person {name: 'Ann'})")
                .pattern();
        return new FusedSearch(
                fused.search(), fused.queries(), fused.fusion(), new PatternFilter(pattern, 0, true), false);
    }

    private static Plan fuse() {
        return plan(
                step("near", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 20}"),
                step("new", "document.scan", "{'collection': 'events', 'limit': 20}"),
                step("best", "compute.fuse", "{'input': ['near', 'new'], 'method': 'rrf', 'limit': 5}"));
    }

    private static Plan traverse() {
        return plan(
                step("people", "document.scan", "{'collection': 'Person', 'limit': 3}"),
                step(
                        "friends",
                        "graph.traverse",
                        "{'start': {'ref': 'people', 'field': 'id', 'entity_type': 'Person'}, 'edge_types': ['KNOWS'],"
                                + " 'direction': 'both', 'depth': 2, 'edge_filter': {'since': {'gt': 2000}}, 'limit': 7}"));
    }

    static Pattern pattern() {
        List<Vertices> collections =
                List.of(new Vertices(2, "Member", false, List.of()), new Vertices(3, "Game", false, List.of("title")));
        Label adults = new Label(0, new Predicate.Compare("age", Comparison.GTE, 18L), null);
        Label games = new Label(1, Predicate.ALWAYS, List.of("g1", "g2"));
        Hop opened = new Hop(new EdgeLookup(0, 5, true), "OpenedGame", 1);
        Hop closed = new Hop(new EdgeLookup(1, 5, false), "OpenedGame", 0);
        return new Pattern(
                collections,
                List.of(
                        new PatternVertex("m", List.of(adults)),
                        new PatternVertex(null, List.of(games)),
                        new PatternVertex("n", List.of(new Label(0, Predicate.ALWAYS, null)))),
                List.of(
                        new PatternEdge(
                                "o",
                                List.of(opened),
                                new Predicate.Compare("weight", Comparison.GT, 1.0),
                                Predicate.ALWAYS,
                                1,
                                1),
                        new PatternEdge(null, List.of(closed), Predicate.ALWAYS, Predicate.ALWAYS, 1, 3)));
    }

    private static Plan match() {
        StepHead head = new StepHead("result", List.of(), 30_000, FOUND.subList(0, 1));
        Step match = new GraphMatch(head, pattern(), List.of(new VertexKey(0)), new RowLimit(100, false));
        StepHead behind = new StepHead("page", List.of(0), 30_000, FOUND.subList(0, 1));
        Step page = new ComputeOffset(behind, 0, 20, new RowLimit(10, true));
        return new Plan("paths", List.of(match, page), List.of(), List.of());
    }

    private static Plan reads() {
        return plan(
                step("a", "compute.read", "{'type': 'Member'}"),
                step("b", "compute.read", "{'type': 'Member', 'filter': {'member_set': {'ref': 'a', 'field': 'id'}}}"),
                step("c", "compute.read", "{'type': 'cluster_info', 'filter': {'cluster': 2}, 'limit': 5}"),
                step("d", "compute.read", "{'type': 'index_status', 'index': 'events_v', 'order_by': 'shard'}"),
                step("e", "compute.read", "{'type': 'collection_stats', 'collection': 'Game', 'limit': 5}"),
                step("t", "compute.read", "{'type': 'degree', 'collection': 'Person', 'top_k': 7}"),
                step(
                        "f",
                        "compute.read",
                        "{'type': 'degree', 'entity_type': 'Member', 'filter': {'member_set': {'ids': ['m1']}}}"));
    }

    private static Plan sequence() {
        return plan(
                step("all", "document.scan", "{'collection': 'events', 'limit': 100}"),
                step("good", "compute.filter", "{'input': 'all', 'condition': 'success == true'}"),
                step("bad", "compute.filter", "{'input': 'all', 'condition': 'success == false'}"));
    }

    static Step crossStore(StrategyDecision decision, @Nullable Fusion fusion, boolean negated) {
        return new CrossStoreSearch(search("result", null), pattern(), 0, negated, fusion, null, decision, false);
    }

    private static Step graphFirst() {
        StrategyDecision decision =
                new StrategyDecision(Strategy.GRAPH_FIRST, "threshold", 0.005, 10, DECISION.costs());
        return crossStore(decision, Fusion.rrf(60), true);
    }
}
