package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.JsonText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeReadTest {
    private static final int SHARDS = 3;
    private final FakeShards shards = new FakeShards(SHARDS);

    @BeforeEach
    void fill() {
        for (int i = 0; i < 9; i++) {
            Map<String, Object> fields = new HashMap<>();
            fields.put("memberCode", "m" + i % 4);
            fields.put("amount", (long) i);
            fields.put("@timestamp", NOW_MS - i);
            if (i % 3 > 0) {
                fields.put("event_type", i % 3 == 1 ? "Login" : "Logout");
            }
            if (i != 7) {
                fields.put("v", i < 5 ? new float[] {i, 0, 0} : new float[] {100 + i, 0, 0});
            }
            shards.put("events", "e" + i, fields);
        }
        for (String code : List.of("m0", "m1", "m2")) {
            shards.put("Member", code, Map.of("age", (long) code.charAt(1), "@timestamp", NOW_MS));
        }
        shards.link("OpenedGame", "m1", "g1");
        shards.link("OpenedGame", "m1", "g2");
        shards.link("OpenedGame", "m9", "g1");
        shards.link("KNOWS", "7", "8");
        shards.link("KNOWS", "8", "7");
        shards.link("KNOWS", "8", "9");
    }

    private ResultTable read(String params, String... before) {
        List<String> steps = new ArrayList<>(List.of(before));
        steps.add(step("r", "compute.read", params));
        return Runs.table(Runs.run(plan(steps.toArray(String[]::new)), shards, SHARDS), "r");
    }

    private static List<String> names(ResultTable table) {
        return table.columns().stream().map(Column::name).toList();
    }

    private List<Fragment> fragments(String params) {
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(plan(step("r", "compute.read", params))), 1, SHARDS, RunLimits.DEFAULT, fragments::add);
        run.start(NOW_MS, 0);
        return fragments;
    }

    @Test
    void rowsOfACollectionAreScannedWhereNoMembersAreGiven() {
        ResultTable table = read("{'type': 'Member', 'filter': {'age': {'gte': 49}}, 'project': ['code', 'age'],"
                + " 'order_by': 'age desc'}");

        assertThat(names(table)).containsExactly("code", "age");
        assertThat(Runs.rows(table)).hasSize(2);
        assertThat(fragments("{'type': 'Member'}"))
                .singleElement()
                .satisfies(fragment -> assertThat(fragment.operation()).isInstanceOf(ScanDocuments.class));
    }

    @Test
    void rowsOfMembersAreReadByKey() {
        String scan = step("s", "document.scan", "{'collection': 'events', 'filter': {'amount': {'lt': 3}}}");
        ResultTable table =
                read("{'type': 'Member', 'filter': {'member_set': {'ref': 's', 'field': 'memberCode'}}}", scan);

        assertThat(Runs.rows(table)).extracting(row -> row.get(0)).containsExactly("m0", "m1", "m2");
        assertThat(fragments("{'type': 'Member', 'filter': {'member_set': {'ids': ['m1', 'x', 'm1']}}}"))
                .singleElement()
                .satisfies(fragment -> assertThat(((FetchDocuments) fragment.operation()).keys())
                        .containsExactly("m1", "x"));
    }

    @Test
    void anEventTypeIsATypeToo() {
        assertThat(names(read("{'type': 'Login', 'limit': 1}"))).contains("memberCode", "amount");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Member", "index_status", "collection_stats", "degree", "cluster_info"})
    void anEmptyMemberSetGivesNoRowsAndAsksNobody(String type) {
        String more = type.equals("degree") ? ", 'collection': 'Member'" : "";
        String params = "{'type': '" + type + "', 'filter': {'member_set': {'ids': []}}" + more + "}";

        assertThat(Runs.rows(read(params))).isEmpty();
        assertThat(names(read(params))).isNotEmpty();
        assertThat(fragments(params)).isEmpty();
    }

    @Test
    void indexStatusIsFilteredOrderedAndCutAndKnowsItsLags() {
        ResultTable table = read("{'type': 'index_status', 'filter': {'shard': {'gte': 1}}, 'project':"
                + " ['lag_ms', 'shard', 'rows_indexed'], 'order_by': 'rows_indexed desc', 'limit': 1}");

        assertThat(Runs.rows(table)).containsExactly(asList(0L, 2L, 3L));
        assertThat(table.truncated()).isTrue();
        assertThat(Runs.rows(read("{'type': 'index_status', 'index': 'events_v'}")))
                .hasSize(SHARDS + 1);
        assertThat(Runs.rows(read("{'type': 'index_status', 'filter': {'member_set': {'ids': ['nope']}}}")))
                .isEmpty();
    }

    @Test
    void collectionStatsAddUpWhatShardsCount() {
        String counted = ", 'project': ['collection', 'rows', 'event_types', 'oldest', 'newest']}";
        ResultTable table = read("{'type': 'collection_stats', 'filter': {'rows': {'gt': 0}}" + counted);

        assertThat(Runs.rows(table))
                .containsExactly(
                        asList("Member", 3L, new JsonText("{}"), NOW_MS, NOW_MS),
                        asList("events", 9L, new JsonText("{\"Login\":3,\"Logout\":3}"), NOW_MS - 8, NOW_MS));
        assertThat(Runs.rows(read("{'type': 'collection_stats', 'collection': 'Game'" + counted)))
                .containsExactly(asList("Game", 0L, new JsonText("{}"), null, null));
    }

    @Test
    void whatShardsHaveMeasuredIsPutTogetherAndDatedByTheOldest() {
        String measured = "'project': ['bytes_estimate', 'distinct_estimate', 'edges', 'as_of']}";
        assertThat(Runs.rows(read("{'type': 'collection_stats', 'collection': 'events', " + measured)))
                .as("sketches of shards are merged: the value that all rows have counts once")
                .containsExactly(asList(90L, new JsonText("{\"key\":9,\"same\":1}"), new JsonText("{}"), 1_000L));
        assertThat(Runs.rows(read("{'type': 'collection_stats', 'collection': 'Member', " + measured)))
                .extracting(row -> row.get(2))
                .containsExactly(new JsonText("{\"OpenedGame\":{\"outgoing\":3}}"));
        assertThat(Runs.rows(read("{'type': 'collection_stats', 'collection': 'Person', " + measured)))
                .extracting(row -> row.get(2))
                .containsExactly(new JsonText("{\"KNOWS\":{\"outgoing\":3,\"incoming\":3}}"));
    }

    @Test
    void nothingIsMeasuredWhereAShardHasNotLookedYet() {
        shards.unmeasured = 1;

        assertThat(Runs.rows(read("{'type': 'collection_stats', 'collection': 'Member', 'project': ['rows',"
                        + " 'bytes_estimate', 'distinct_estimate', 'edges', 'as_of']}")))
                .containsExactly(asList(3L, null, null, null, null));
    }

    @Test
    void theVerticesWithTheMostEdgesComeFirstAndTiesById() {
        shards.link("KNOWS", "10", "7");
        shards.link("KNOWS", "10", "9");

        String top = "{'type': 'degree', 'collection': 'Person', 'top_k': 3";
        assertThat(Runs.rows(read(top + "}")))
                .as("of 9 and 10, both with two, the smaller number")
                .containsExactly(asList(7L, "KNOWS", 1L, 2L), asList(8L, "KNOWS", 2L, 1L), asList(9L, "KNOWS", 0L, 2L));
        assertThat(Runs.rows(read(top + ", 'direction': 'outgoing', 'filter': {'out_degree': {'gt': 1}}}")))
                .containsExactly(asList(8L, "KNOWS", 2L, null), asList(10L, "KNOWS", 2L, null));
        assertThat(Runs.rows(read(top + ", 'filter': {'member_set': {'ids': [9, 10, 11, 12]}}}")))
                .as("members without edges are none of the top")
                .containsExactly(asList(9L, "KNOWS", 0L, 2L), asList(10L, "KNOWS", 2L, 0L));
        assertThat(fragments(top + "}"))
                .singleElement()
                .satisfies(fragment ->
                        assertThat(((TopDegrees) fragment.operation()).k()).isEqualTo(3));
    }

    @Test
    void degreeCountsEdgesOfEveryMemberAlsoOfOneWithoutAny() {
        ResultTable table = read("{'type': 'degree', 'collection': 'Member', 'filter': {'member_set': {'ids': ['m2',"
                + " 'm1', 'm9']}}}");

        assertThat(names(table)).containsExactly("code", "id", "edge_type", "out_degree", "in_degree");
        assertThat(Runs.rows(table))
                .containsExactly(
                        asList("m1", "m1", "OpenedGame", 2L, 0L),
                        asList("m2", "m2", "OpenedGame", 0L, 0L),
                        asList("m9", "m9", "OpenedGame", 1L, 0L));
    }

    @Test
    void degreeCountsTheDirectionsThatAreAsked() {
        String members = ", 'filter': {'member_set': {'ids': [7, 8, '9', 10]}}";
        assertThat(Runs.rows(read("{'type': 'degree', 'entity_type': 'Person'" + members + "}")))
                .containsExactly(
                        asList(7L, "KNOWS", 1L, 1L),
                        asList(8L, "KNOWS", 2L, 1L),
                        asList(9L, "KNOWS", 0L, 1L),
                        asList(10L, "KNOWS", 0L, 0L));
        assertThat(Runs.rows(read("{'type': 'degree', 'entity_type': 'Person', 'direction': 'incoming'" + members
                        + ", 'project': ['id', 'in_degree', 'out_degree'], 'order_by': ['in_degree', 'id desc'],"
                        + " 'limit': 2}")))
                .containsExactly(asList(10L, 0L, null), asList(9L, 1L, null));
    }

    @Test
    void membersOfAnIntKeyMayComeAsTextAndWhatIsNoNumberIsNone() {
        String scan = step("s", "document.scan", "{'collection': 'events'}");
        String params =
                "{'type': 'degree', 'collection': 'Person', 'filter': {'member_set': {'ref': 's', 'field': '%s'}}}";

        assertThat(Runs.rows(read(params.formatted("memberCode"), scan))).isEmpty();
        assertThat(Runs.rows(read(params.formatted("amount"), scan))).hasSize(9);
    }

    @Test
    void clusterInfoTellsTheClustersOfAllShardsApart() {
        ResultTable table = read("{'type': 'cluster_info'}");

        assertThat(names(table)).containsExactly("key", "id", "cluster", "distance", "size");
        assertThat(Runs.rows(table))
                .containsExactly(
                        asList("e0", "e0", 0L, 2.0, 5L),
                        asList("e1", "e1", 0L, 1.0, 5L),
                        asList("e2", "e2", 0L, 0.0, 5L),
                        asList("e3", "e3", 0L, 1.0, 5L),
                        asList("e4", "e4", 0L, 2.0, 5L),
                        asList("e5", "e5", 1L, distanceTo(105), 3L),
                        asList("e6", "e6", 1L, distanceTo(106), 3L),
                        asList("e8", "e8", 1L, distanceTo(108), 3L));
    }

    /** Centroids are floats. */
    private static double distanceTo(float first) {
        return Math.abs(first - (float) (319.0 / 3));
    }

    @Test
    void clusterInfoOfMembersFiltersAndOrdersByTheColumnsOfTheType() {
        String scan = step("s", "document.scan", "{'collection': 'events', 'filter': {'amount': {'gte': 3}}}");
        ResultTable table = read(
                "{'type': 'cluster_info', 'index': 'events_v', 'filter': {'member_set': {'ref': 's', 'field': 'id'},"
                        + " 'cluster': 0}, 'project': ['id', 'distance'], 'order_by': 'distance desc'}",
                scan);

        assertThat(Runs.rows(table)).containsExactly(asList("e4", 2.0), asList("e3", 1.0));
    }

    @Test
    void shardsAreAskedForNoMoreRowsThanTheLimit() {
        List<Fragment> fragments = new ArrayList<>();
        PlanRun run = new PlanRun(
                Samples.run(plan(
                        step("r", "compute.read", "{'type': 'cluster_info', 'order_by': 'size desc', 'limit': 2}"))),
                1,
                SHARDS,
                RunLimits.DEFAULT,
                fragments::add);
        run.start(NOW_MS, 0);
        shards.answer(fragments.get(0)).forEach(partial -> run.onPartial(partial, NOW_MS, 0));
        ReadClusterMembers asked = (ReadClusterMembers) fragments.get(1).operation();
        shards.answer(fragments.get(1)).forEach(partial -> run.onPartial(partial, NOW_MS, 0));

        assertThat(asked.limit()).isEqualTo(2);
        assertThat(asked.orderBy()).extracting(key -> key.column()).containsExactly("size");
        ResultTable table = Runs.table(run.response(NOW_MS, 0, Runs.END_OFFSETS), "r");
        assertThat(Runs.rows(table)).extracting(row -> row.get(1)).containsExactly("e0", "e1");
        assertThat(table.truncated()).isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void orderOfPartialsDoesNotMatter(long seed) {
        Plan plan = plan(
                step("c", "compute.read", "{'type': 'cluster_info'}"),
                step("k", "compute.read", "{'type': 'collection_stats'}"),
                step("i", "compute.read", "{'type': 'index_status'}"),
                step(
                        "d",
                        "compute.read",
                        "{'type': 'degree', 'collection': 'Member', 'filter': {'member_set': {'ids': ['m1', 'm2']}}}"));
        String expected = Runs.text(Runs.run(plan, shards, SHARDS));

        assertThat(Runs.text(Runs.run(Samples.run(plan), shards, SHARDS, new Random(seed))))
                .isEqualTo(expected);
    }

    @Test
    void countsOfAMissingMatchCompareAsZero() {
        String scan = step("s", "document.scan", "{'collection': 'Member'}");
        String degree = step(
                "d",
                "compute.read",
                "{'type': 'degree', 'collection': 'Member', 'filter': {'member_set': {'ids': ['m1']}}}");
        String filter = step(
                "f",
                "compute.filter",
                "{'input': 's', 'join': 'd', 'join_key': 'id', 'condition': 'd.out_degree == 0', 'project': ['id']}");

        assertThat(Runs.rows(Runs.run(plan(scan, degree, filter), shards, SHARDS)))
                .containsExactly(List.of("m0"), List.of("m2"));
    }

    @Test
    void anAnswerWithoutSomeShardsIsPartialWhereRowsAreMissingAndNoneWhereTheyWouldBeWrong() {
        assertThat(withoutShardZero("{'type': 'collection_stats'}").status()).isEqualTo(Response.Status.ERROR);
        Response degree = withoutShardZero(
                "{'type': 'degree', 'collection': 'Person', 'filter': {'member_set': {'ids': [7, 8, 9, 10, 11]}}}");
        assertThat(degree.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(Runs.rows(degree)).hasSizeBetween(1, 4);
        assertThat(withoutShardZero("{'type': 'cluster_info'}").status()).isEqualTo(Response.Status.ERROR);
    }

    private Response withoutShardZero(String params) {
        List<Fragment> fragments = new ArrayList<>();
        Plan plan = plan(step("r", "compute.read", params));
        PlanRun run = new PlanRun(Samples.run(plan), 1, SHARDS, RunLimits.DEFAULT, fragments::add);
        run.start(NOW_MS, 0);
        shards.answer(fragments.get(0)).stream()
                .filter(partial -> !partial.shards().contains(0))
                .forEach(partial -> run.onPartial(partial, NOW_MS, 0));
        run.onTimer(NOW_MS + 60_000, 0);
        return run.response(NOW_MS + 60_000, 0, Runs.END_OFFSETS);
    }

    @Test
    void aCollectionWithoutRowsHasNoClusters() {
        Catalog catalog = Samples.after(
                Samples.after(Samples.catalog(), "r-0", "CREATE COLLECTION bare (id STRING PRIMARY KEY, v VECTOR(2))"),
                "r-1",
                "CREATE VECTOR INDEX bare_v ON bare(v)");
        Plan plan = io.millrace.planner.parse.ReadResolverTest.plan(
                catalog, step("r", "compute.read", "{'type': 'cluster_info', 'collection': 'bare'}"));

        assertThat(Runs.rows(Runs.run(plan, new FakeShards(SHARDS, catalog), SHARDS)))
                .isEmpty();
    }
}
