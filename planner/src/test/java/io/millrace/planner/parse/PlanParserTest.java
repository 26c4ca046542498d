package io.millrace.planner.parse;

import static io.millrace.planner.Samples.json;
import static io.millrace.planner.Samples.parse;
import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlanParserTest {
    private static final String SCAN = step("s1", "document.scan", "{'collection': 'events'}");

    /** The seven steps of the requirement document. */
    static final String SEVEN_STEPS = "{'plan_id': 'qp_abc123', 'steps': ["
            + String.join(
                    ",",
                    step(
                            "s1",
                            "document.scan",
                            "{'event_type': 'Login', 'time_range': {'last': '7d'}, 'filter': {'success': 'false',"
                                    + " 'platform': 'web-android'}, 'project': ['memberCode', '@timestamp', 'error',"
                                    + " 'platform'], 'limit': 10000}"),
                    step(
                            "s2",
                            "vector.search",
                            "{'query_text': 'mobile slot player with high error rate', 'top_k': 100, 'time_range':"
                                    + " {'last': '7d'}, 'event_type_filter': 'Login'}"),
                    step(
                            "s3",
                            "graph.traverse",
                            "{'start': {'ref': 's1', 'field': 'memberCode', 'entity_type': 'Member'}, 'edge_types':"
                                    + " ['OpenedGame'], 'direction': 'outgoing', 'depth': 1, 'aggregate': 'count'}"),
                    step(
                            "s4",
                            "compute.read",
                            "{'type': 'cluster_info', 'filter': {'member_set': {'ref': 's1', 'field':"
                                    + " 'memberCode'}}}"),
                    step(
                            "s5",
                            "compute.aggregate",
                            "{'input': 's3', 'group_by': 'rGroup', 'metrics': [{'field': 'count', 'agg': 'sum'},"
                                    + " {'field': 'memberCode', 'agg': 'count_distinct'}]}"),
                    step(
                            "s6",
                            "compute.filter",
                            "{'input': 's1', 'join': 's3', 'join_key': 'memberCode', 'condition': 's3.count == 0'}"),
                    step(
                            "s7",
                            "compute.timeline",
                            "{'input': 's1', 'time_field': '@timestamp', 'bucket': '1d', 'metric': 'count'}"))
            + "], 'render': [{'type': 'summary', 'data': 's6', 'title': 'Members'}, {'type': 'bar_chart', 'data': 's7',"
            + " 'x': 'bucket', 'y': 'count'}, {'type': 'force_graph', 'data': 's3'}, {'type': 'table', 'data': 's6',"
            + " 'columns': ['memberCode', 'rGroup', 'error_count', 'last_game'], 'limit': 50}]}";

    @Test
    void sevenStepsOfTheRequirementLackOnlyWhatIsNotBuiltYet() {
        assertThat(parse(SEVEN_STEPS).problems())
                .extracting(Problem::code, Problem::path)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        ErrorCode.INVALID_OPTION, "$.plan.steps[1].params.query_text"));
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                arguments("[]", "INVALID_PLAN $.plan"),
                arguments("{'steps': []}", "INVALID_PLAN $.plan.steps"),
                arguments("{'steps': [" + SCAN + "], 'step': 1}", "INVALID_FIELD $.plan.step"),
                arguments("{'steps': [" + SCAN + "," + SCAN + "]}", "INVALID_NAME $.plan.steps[1].id"),
                arguments(
                        steps(step("a.b", "document.scan", "{'collection': 'events'}")),
                        "INVALID_NAME $.plan.steps[0].id"),
                arguments(
                        steps("{'id': 's', 'store': 'document', 'op': 'scan'}"), "INVALID_PLAN $.plan.steps[0].params"),
                arguments(steps(step("s", "document.scam", "{}")), "INVALID_OP $.plan.steps[0].op"),
                arguments(steps(step("s", "graph.match", "{}")), "INVALID_PLAN $.plan.steps[0].params.pattern"),
                arguments(
                        steps(step("s", "graph.match", "{'pattern': '(a:nowhere)-[:X]->'}")),
                        "INVALID_STATEMENT $.plan.steps[0].params.pattern"),
                arguments(
                        steps(step(
                                "s",
                                "graph.match",
                                "{'pattern': '(m:Member)-[:OpenedGame]->(g)', 'return': ['m.age', 'x.id']}")),
                        "NOT_FOUND_FIELD $.plan.steps[0].params.return"),
                arguments(
                        steps(
                                "{'id': 's', 'store': 'document', 'op': 'scan', 'params': {'collection': 'Game'}, 'timeout_ms': 0}"),
                        "INVALID_LIMIT $.plan.steps[0].timeout_ms"),
                arguments(
                        steps(
                                "{'id': 's', 'store': 'document', 'op': 'scan', 'params': {'collection': 'Game'}, 'depends_on': ['x']}"),
                        "INVALID_REFERENCE $.plan.steps[0].depends_on[0]"),
                scan("{}", "INVALID_PLAN", "collection"),
                scan("{'collection': 'evnts'}", "NOT_FOUND_COLLECTION", "collection"),
                scan("{'event_type': 'Logn'}", "NOT_FOUND_EVENT_TYPE", "event_type"),
                scan("{'event_type': 'Login', 'collection': 'Game'}", "INVALID_VALUE", "event_type"),
                scan("{'event_type': 'Login', 'project': ['price']}", "NOT_FOUND_FIELD", "project[0]"),
                scan("{'collection': 'events', 'project': ['amount', 'amount']}", "INVALID_FIELD", "project[1]"),
                scan("{'collection': 'events', 'limit': 100001}", "INVALID_LIMIT", "limit"),
                scan("{'collection': 'events', 'limit': '5'}", "INVALID_TYPE", "limit"),
                scan("{'collection': 'events', 'limits': 5}", "INVALID_FIELD", "limits"),
                scan("{'collection': 'events', 'order_by': 'v'}", "INVALID_TYPE", "order_by"),
                scan("{'collection': 'events', 'order_by': 'nope'}", "NOT_FOUND_FIELD", "order_by"),
                scan("{'collection': 'events', 'filter': {'nope': 1}}", "NOT_FOUND_FIELD", "filter.nope"),
                scan("{'collection': 'events', 'filter': {'amount': 'x'}}", "INVALID_VALUE", "filter.amount"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': -9223372036854775809}}",
                        "INVALID_VALUE",
                        "filter.amount"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': {'gt': 9007199254740993.5}}}",
                        "INVALID_VALUE",
                        "filter.amount.gt"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': {'eq': 1.5}}}",
                        "INVALID_VALUE",
                        "filter.amount.eq"),
                scan("{'collection': 'events', 'filter': {'success': 1}}", "INVALID_VALUE", "filter.success"),
                scan("{'collection': 'events', 'filter': {'at': 'yesterday'}}", "INVALID_VALUE", "filter.at"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': {'above': 1}}}",
                        "INVALID_FIELD",
                        "filter.amount.above"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': {'contains': 1}}}",
                        "INVALID_TYPE",
                        "filter.amount.contains"),
                scan("{'collection': 'events', 'filter': {'amount': {'in': 1}}}", "INVALID_TYPE", "filter.amount.in"),
                scan(
                        "{'collection': 'events', 'filter': {'amount': {'in': [1, 'x']}}}",
                        "INVALID_VALUE",
                        "filter.amount.in[1]"),
                scan("{'collection': 'events', 'filter': {'v': 1}}", "INVALID_TYPE", "filter.v"),
                scan("{'collection': 'events', 'filter': {'error': '$e'}}", "INVALID_PARAMETER", "filter.error"),
                scan(
                        "{'collection': 'events', 'time_range': {'last': '7 days'}}",
                        "INVALID_TIME_RANGE",
                        "time_range.last"),
                scan("{'collection': 'events', 'time_range': {'last': '31d'}}", "INVALID_TIME_RANGE", "time_range"),
                scan(
                        "{'collection': 'events', 'time_range': {'from': 2, 'to': 1}}",
                        "INVALID_TIME_RANGE",
                        "time_range.from"),
                scan("{'collection': 'events', 'time_range': {}}", "INVALID_TIME_RANGE", "time_range.last"),
                search("{'collection': 'events'}", "INVALID_PLAN", "query_vector"),
                search("{'query_vector': [1, 2, 3]}", "INVALID_PLAN", "collection"),
                search("{'collection': 'two', 'query_vector': [1, 2]}", "INVALID_AMBIGUOUS", "field"),
                search("{'collection': 'Game', 'query_vector': [1, 2]}", "NOT_FOUND_FIELD", "field"),
                search("{'collection': 'events', 'field': 'amount', 'query_vector': [1]}", "INVALID_TYPE", "field"),
                search("{'index': 'event_v', 'query_vector': [1, 2, 3]}", "NOT_FOUND_INDEX", "index"),
                search(
                        "{'index': 'events_v', 'collection': 'Game', 'query_vector': [1, 2, 3]}",
                        "INVALID_VALUE",
                        "index"),
                search("{'index': 'events_v', 'query_vector': [1, 2]}", "INVALID_DIMENSION", "query_vector"),
                search("{'index': 'events_v', 'query_vector': [0, 0, 0]}", "INVALID_VECTOR", "query_vector"),
                search("{'index': 'events_v', 'query_vector': [1, 2, 1e300]}", "INVALID_VECTOR", "query_vector[2]"),
                search("{'index': 'events_v', 'query_vector': [1, 2, 'NaN']}", "INVALID_VECTOR", "query_vector[2]"),
                search("{'index': 'events_v', 'query_vector': [1, 2, 3], 'top_k': 10001}", "INVALID_LIMIT", "top_k"),
                search(
                        "{'index': 'events_v', 'query_vector': [1, 2, 3], 'ef_search': 0}",
                        "INVALID_LIMIT",
                        "ef_search"),
                search("{'index': 'events_v', 'query_vector': [1, 2, 3], 'alpha': 100.5}", "INVALID_LIMIT", "alpha"),
                search("{'index': 'events_v', 'query_vector': [1, 2, 3], 'metric': 'l1'}", "INVALID_METRIC", "metric"),
                walk("{}", "INVALID_PLAN", "start"),
                walk("{'start': {'ids': ['a']}, 'edge_types': ['Opened']}", "NOT_FOUND_EDGE_TYPE", "edge_types[0]"),
                walk("{'start': {'ids': ['a']}}", "INVALID_AMBIGUOUS", "start.entity_type"),
                walk("{'start': {'ids': ['a'], 'entity_type': 'member'}}", "NOT_FOUND_COLLECTION", "start.entity_type"),
                walk("{'start': {'ids': ['a'], 'entity_type': 'Person'}}", "INVALID_VALUE", "start.ids[0]"),
                walk(
                        "{'start': {'ids': ['a'], 'entity_type': 'Game'}, 'edge_types': ['OpenedGame']}",
                        "INVALID_VALUE",
                        "edge_types"),
                walk("{'start': {'ids': ['a'], 'entity_type': 'Member'}, 'depth': 11}", "INVALID_LIMIT", "depth"),
                walk(
                        "{'start': {'ids': ['a'], 'entity_type': 'Member'}, 'direction': 'up'}",
                        "INVALID_VALUE",
                        "direction"),
                walk(
                        "{'start': {'ids': ['a'], 'entity_type': 'Member'}, 'aggregate': 'sum'}",
                        "INVALID_VALUE",
                        "aggregate"),
                walk(
                        "{'start': {'ids': ['a'], 'entity_type': 'Member'}, 'project': ['nope']}",
                        "NOT_FOUND_FIELD",
                        "project[0]"),
                walk(
                        "{'start': {'ids': ['a'], 'entity_type': 'Member'}, 'edge_filter': {'x': 1}}",
                        "NOT_FOUND_FIELD",
                        "edge_filter.x"),
                behind(
                        "graph.traverse",
                        "{'start': {'ref': 's1', 'field': 'nope', 'entity_type': 'Member'}}",
                        "NOT_FOUND_FIELD",
                        "start.field"),
                behind(
                        "graph.traverse",
                        "{'start': {'ref': 's1', 'field': 'success', 'entity_type': 'Member'}}",
                        "INVALID_TYPE",
                        "start.field"),
                behind("compute.filter", "{'input': 's0', 'condition': 'a > 1'}", "INVALID_REFERENCE", "input"),
                behind("compute.filter", "{'input': 's1'}", "INVALID_PLAN", "condition"),
                behind("compute.filter", "{'input': 's1', 'condition': 'amount >'}", "INVALID_CONDITION", "condition"),
                behind("compute.filter", "{'input': 's1', 'condition': 'amuont > 1'}", "NOT_FOUND_FIELD", "condition"),
                behind(
                        "compute.filter",
                        "{'input': 's1', 'condition': 'amount == true'}",
                        "INVALID_CONDITION",
                        "condition"),
                behind("compute.filter", "{'input': 's1', 'join': 's1'}", "INVALID_PLAN", "join_key"),
                behind(
                        "compute.filter",
                        "{'input': 's1', 'join': 's1', 'join_key': 'no'}",
                        "NOT_FOUND_FIELD",
                        "join_key"),
                behind(
                        "compute.filter",
                        "{'input': 's1', 'join': 's1', 'join_key': 'id', 'join_type': 'outer'}",
                        "INVALID_VALUE",
                        "join_type"),
                behind("compute.aggregate", "{'input': 's1', 'group_by': 'no'}", "NOT_FOUND_FIELD", "group_by"),
                behind(
                        "compute.aggregate",
                        "{'input': 's1', 'metrics': [{'agg': 'median'}]}",
                        "INVALID_VALUE",
                        "metrics[0].agg"),
                behind(
                        "compute.aggregate",
                        "{'input': 's1', 'metrics': [{'agg': 'sum'}]}",
                        "INVALID_PLAN",
                        "metrics[0].field"),
                behind(
                        "compute.aggregate",
                        "{'input': 's1', 'metrics': [{'agg': 'sum', 'field': 'error'}]}",
                        "INVALID_TYPE",
                        "metrics[0].field"),
                behind(
                        "compute.aggregate",
                        "{'input': 's1', 'metrics': [{'agg': 'count'}, {'agg': 'count'}]}",
                        "INVALID_NAME",
                        "metrics[1]"),
                behind("compute.aggregate", "{'input': 's1', 'order_by': 'no'}", "NOT_FOUND_FIELD", "order_by"),
                arguments(
                        steps(step(
                                "s",
                                "vector.search",
                                "{'index': 'events_v', 'query_vector': [1, 2, 3], 'engine': 'faiss'}")),
                        "INVALID_VALUE $.plan.steps[0].params.engine"),
                behind("compute.timeline", "{'input': 's1'}", "INVALID_PLAN", "bucket"),
                behind("compute.timeline", "{'input': 's1', 'bucket': '5m'}", "INVALID_VALUE", "bucket"),
                behind(
                        "compute.timeline",
                        "{'input': 's1', 'bucket': '1h', 'time_field': 'no'}",
                        "NOT_FOUND_FIELD",
                        "time_field"),
                behind(
                        "compute.timeline",
                        "{'input': 's1', 'bucket': '1h', 'time_field': 'error'}",
                        "INVALID_TYPE",
                        "time_field"),
                behind(
                        "compute.timeline",
                        "{'input': 's1', 'bucket': '1h', 'time_field': 'at', 'metric': 'median'}",
                        "INVALID_VALUE",
                        "metric"),
                behind(
                        "compute.timeline",
                        "{'input': 's1', 'bucket': '1h', 'time_field': 'at', 'metric': 'sum'}",
                        "INVALID_PLAN",
                        "field"),
                behind(
                        "compute.timeline",
                        "{'input': 's1', 'bucket': '1h', 'time_field': 'at', 'metric': 'sum', 'field': 'error'}",
                        "INVALID_TYPE",
                        "field"),
                behind("compute.fuse", "{'input': ['s1']}", "INVALID_PLAN", "input"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'key': 'no'}", "NOT_FOUND_FIELD", "key"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'key': ['id', 'amount']}", "INVALID_TYPE", "key"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'method': 'borda'}", "INVALID_VALUE", "method"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'method': 'average'}", "NOT_FOUND_FIELD", "score"),
                behind(
                        "compute.fuse",
                        "{'input': ['s1', 's1'], 'method': 'average', 'score': 'error'}",
                        "INVALID_TYPE",
                        "score"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'weights': [1]}", "INVALID_VALUE", "weights"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'weights': [1, -1]}", "INVALID_VALUE", "weights"),
                behind(
                        "compute.fuse",
                        "{'input': ['s1', 's1'], 'method': 'maximum', 'score': 'amount', 'weights': [1, 1]}",
                        "INVALID_PLAN",
                        "weights"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'avg_weight': 1}", "INVALID_PLAN", "avg_weight"),
                behind(
                        "compute.fuse",
                        "{'input': ['s1', 's1'], 'method': 'weighted', 'score': 'amount', 'avg_weight': 0.5}",
                        "INVALID_VALUE",
                        "avg_weight"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'window': 5, 'limit': 6}", "INVALID_LIMIT", "window"),
                behind("compute.fuse", "{'input': ['s1', 's1'], 'k': 1, 'rank_constant': 2}", "INVALID_PLAN", "k"),
                arguments(
                        "{'steps': [" + SCAN + "], 'render': [{'type': 'pie', 'data': 's1'}]}",
                        "INVALID_RENDER $.plan.render[0].type"),
                arguments(
                        "{'steps': [" + SCAN + "], 'render': [{'type': 'line_chart', 'data': 's1', 'x': 'id'}]}",
                        "INVALID_RENDER $.plan.render[0].y"),
                arguments(
                        "{'steps': [" + SCAN + "], 'render': [{'type': 'table', 'data': 's2'}]}",
                        "INVALID_REFERENCE $.plan.render[0].data"));
    }

    private static String steps(String... steps) {
        return "{'steps': [" + String.join(",", steps) + "]}";
    }

    private static Arguments scan(String params, String code, String path) {
        return arguments(steps(step("s", "document.scan", params)), code + " $.plan.steps[0].params." + path);
    }

    private static Arguments search(String params, String code, String path) {
        return arguments(steps(step("s", "vector.search", params)), code + " $.plan.steps[0].params." + path);
    }

    private static Arguments walk(String params, String code, String path) {
        return arguments(steps(step("s", "graph.traverse", params)), code + " $.plan.steps[0].params." + path);
    }

    private static Arguments behind(String operation, String params, String code, String path) {
        return arguments(steps(SCAN, step("s", operation, params)), code + " $.plan.steps[1].params." + path);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("violations")
    void everyRuleHasACaseThatBreaksItAlone(String plan, String expected) {
        assertThat(parse(plan).problems().stream().map(p -> p.code() + " " + p.path()))
                .containsExactly(expected);
    }

    @Test
    void cycleIsPrinted() {
        String plan = steps(
                step("s1", "compute.aggregate", "{'input': 's2'}"), step("s2", "compute.aggregate", "{'input': 's1'}"));

        assertThat(parse(plan).problems())
                .extracting(Problem::code, Problem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        ErrorCode.INVALID_CYCLE, "steps form a cycle: s1 → s2 → s1"));
    }

    @Test
    void allThatIsWrongIsToldAtOnceWithTheNearestNames() {
        String plan = "{'steps': ["
                + step("s1", "document.scan", "{'collection': 'evnets', 'limit': 0, 'fliter': {}}") + ","
                + step(
                        "s2",
                        "document.scan",
                        "{'collection': 'events', 'filter': {'platfrom': 'x', 'amount': {'gtt': 1}}}")
                + "," + step("s3", "compute.filter", "{'input': 's22', 'condition': 'a = ) 1'}")
                + "], 'render': [{'type': 'tabel', 'data': 's1'}]}";

        Golden.verify("bad-plan.txt", text(parse(plan).problems()));
    }

    private static String text(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n")) + "\n";
    }

    @Test
    void valuesTakeTheTypeOfTheirField() {
        assertThat(filter("{'success': 'false'}")).isEqualTo(new Predicate.Compare("success", Comparison.EQ, false));
        assertThat(filter("{'amount': '5'}")).isEqualTo(new Predicate.Compare("amount", Comparison.EQ, 5L));
        assertThat(filter("{'amount': {'gt': 2.5}}")).isEqualTo(new Predicate.Compare("amount", Comparison.GTE, 3L));
        assertThat(filter("{'price': 5}")).isEqualTo(new Predicate.Compare("price", Comparison.EQ, 5.0));
        assertThat(filter("{'at': '1970-01-01T00:00:01Z'}"))
                .isEqualTo(new Predicate.Compare("at", Comparison.EQ, 1_000L));
        assertThat(filter("{'at': 7}")).isEqualTo(new Predicate.Compare("at", Comparison.EQ, 7L));
        assertThat(filter("{'error': null}")).isEqualTo(new Predicate.Exists("error", false));
        assertThat(filter("{'id': 'e1'}")).isEqualTo(new Predicate.Compare("id", Comparison.EQ, "e1"));
    }

    private static Predicate filter(String filter) {
        return scan("{'collection': 'events', 'filter': " + filter + "}")
                .selection()
                .filter();
    }

    private static DocumentScan scan(String params) {
        return (DocumentScan) plan(step("s", "document.scan", params)).steps().get(0);
    }

    @ParameterizedTest
    @CsvSource({"{'last': '7d'}, 1699395200000, 1700000000000", "{'from': 5}, 5, 9223372036854775807"})
    void timeRangesCountBackFromTheRequest(String range, long from, long to) {
        assertThat(scan("{'collection': 'Game', 'time_range': " + range + "}")
                        .selection()
                        .timeRange())
                .isEqualTo(new TimeRange(from, to));
    }

    @Test
    void parametersStandForValuesOfAnyKind() {
        var parsed = parse(
                json(steps(step("s", "vector.search", "{'index': 'events_v', 'query_vector': '$v', 'top_k': '$k'}"))),
                Map.of("v", json("[1, 2, 3]"), "k", json("4")));

        assertThat(parsed.plan()).isNotNull().satisfies(plan -> {
            VectorSearch step = (VectorSearch) plan.steps().get(0);
            assertThat(step.search().k()).isEqualTo(4);
            assertThat(step.search().query()).containsExactly(1, 2, 3);
        });
    }

    @Test
    void otherMetricThanThatOfTheIndexIsSearchedExactly() {
        VectorSearch step = (VectorSearch)
                plan(step("s", "vector.search", "{'index': 'events_v', 'query_vector': [1, 2, 3], 'metric': 'dot'}"))
                        .steps()
                        .get(0);

        assertThat(step.search().exact()).isTrue();
        assertThat(step.search().indexId()).isNull();
        assertThat(step.reason()).isEqualTo("metric_differs");
        assertThat(step.columns())
                .extracting(Column::name)
                .startsWith("id", "score", "key")
                .doesNotContain("v");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"flat, events_v, asked", "hnsw, -, engine_differs", "hnswlib, -, engine_differs"})
    void theEngineThatIsAskedForFindsThemOrNoneDoes(
            String engine, @Nullable String index, String reason) { // The only index is flat.
        VectorSearch step = (VectorSearch) plan(step(
                        "s",
                        "vector.search",
                        "{'collection': 'events', 'query_vector': [1, 2, 3], 'engine': '" + engine + "'}"))
                .steps()
                .get(0);
        assertThat(step.index()).isEqualTo(index);
        assertThat(step.search().exact()).isTrue();
        assertThat(step.reason()).isEqualTo(reason);
    }

    @Test
    void unknownColumnOfARenderIsAWarning() {
        var parsed = parse("{'steps': [" + SCAN
                + "], 'render': [{'type': 'table', 'data': 's1', 'columns': ['amount', 'nope']}]}");

        assertThat(java.util.Objects.requireNonNull(parsed.plan()).warnings())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.NOT_FOUND_FIELD);
    }

    @Test
    void joinedColumnsWhoseNameIsTakenAreCalledByTheirStep() {
        Plan plan = plan(SCAN, step("f", "compute.filter", "{'input': 's1', 'join': 's1', 'join_key': 'id'}"));

        assertThat(plan.steps().get(1).columns())
                .extracting(Column::name)
                .contains("amount", "s1.amount")
                .doesNotContain("s1.id");
    }

    @Test
    void sampleCatalogHasWhatTheTestsName() {
        assertThat(Samples.catalog().vectorIndexes()).containsKey("events_v");
    }
}
