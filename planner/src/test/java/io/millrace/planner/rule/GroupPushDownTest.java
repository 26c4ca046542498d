package io.millrace.planner.rule;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.StepGrouping;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupPushDownTest {
    private static final String SCAN = step("s", "document.scan", "{'collection': 'events'}");
    private static final String COUNT = step("a", "compute.aggregate", "{'input': 's'}");

    private static Step first(Plan plan, boolean returnAll) {
        return GroupPushDown.apply(plan, returnAll).steps().get(0);
    }

    @Test
    void aScanForGroupsAloneIsDoneByTheShards() {
        Plan plan = plan(
                SCAN,
                step(
                        "a",
                        "compute.aggregate",
                        "{'input': 's', 'group_by': 'platform', 'metrics': [{'agg': 'count'}, {'agg': 'count_distinct',"
                                + " 'field': 'memberCode'}, {'agg': 'sum', 'field': 'amount'}]}"),
                step("t", "compute.timeline", "{'input': 's', 'bucket': '1h'}"));

        DocumentGroups groups = (DocumentGroups) first(plan, false);

        assertThat(groups.consumers()).extracting(StepGrouping::step).containsExactly(1, 2);
        assertThat(groups.consumers().get(0).main().metrics()).hasSize(2);
        assertThat(groups.consumers().get(0).distinct().get(1)).isNotNull();
        assertThat(groups.consumers().get(1).main().keys().get(0).bucket()).isEqualTo(TimeBucket.HOUR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'collection': 'events', 'limit': 5}",
                "{'collection': 'events', 'filter': {'key': 'k1'}}",
                "{'collection': 'events', 'project': ['v', 'id']}"
            })
    void aScanWithALimitAKeyOrAVectorGivesRows(String scan) {
        String aggregate = scan.contains("'v'")
                ? step("a", "compute.aggregate", "{'input': 's', 'metrics': [{'agg': 'count', 'field': 'v'}]}")
                : COUNT;
        assertThat(first(plan(step("s", "document.scan", scan), aggregate), false))
                .isInstanceOf(DocumentScan.class);
    }

    @Test
    void filtersInBetweenGoWithTheGroupsBehindThem() {
        Plan plan = GroupPushDown.apply(
                plan(
                        SCAN,
                        COUNT,
                        step(
                                "f",
                                "compute.filter",
                                "{'input': 's', 'condition': '3 < amount', 'project': ['platform'," + " 'price']}"),
                        step(
                                "g",
                                "compute.filter",
                                "{'input': 'f', 'condition': 'price is not null and platform in"
                                        + " (\\\"ios\\\", \\\"tv\\\")'}"),
                        step("b", "compute.aggregate", "{'input': 'g', 'group_by': 'platform'}"),
                        step(
                                "c",
                                "compute.aggregate",
                                "{'input': 'f', 'metrics': [{'agg': 'count_distinct', 'field':" + " 'price'}]}")),
                false);

        DocumentGroups groups = (DocumentGroups) plan.steps().get(0);
        Predicate many = new Predicate.Compare("amount", Comparison.GT, 3L);
        Predicate both = new Predicate.And(List.of(
                many,
                new Predicate.And(List.of(
                        new Predicate.Exists("price", true), new Predicate.In("platform", List.of("ios", "tv"))))));
        assertThat(groups.consumers())
                .extracting(StepGrouping::step, StepGrouping::filter)
                .containsExactly(tuple(1, Predicate.ALWAYS), tuple(4, both), tuple(5, many));
        Grouping distinct = groups.consumers().get(2).distinct().get(0);
        assertThat(distinct).isNotNull();
        assertThat(distinct.filter()).isEqualTo(many);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'input': 's', 'condition': 'amount > 1', 'limit': 5}",
                "{'input': 's', 'condition': 'v is null'}",
                "{'input': 's', 'join': 'm', 'join_key': 'memberCode', 'join_type': 'semi'}"
            })
    void aFilterThatShardsCannotEvaluateTakesRows(String filter) {
        Plan plan = plan(
                step("s", "document.scan", "{'collection': 'events', 'project': ['amount', 'v', 'memberCode']}"),
                step("m", "document.scan", "{'collection': 'events', 'project': ['memberCode'], 'limit': 9}"),
                step("f", "compute.filter", filter),
                step("a", "compute.aggregate", "{'input': 'f'}"));

        assertThat(first(plan, false)).isInstanceOf(DocumentScan.class);
    }

    @Test
    void aFilterWhoseRowsAreAnsweredTakesRows() {
        Plan plan = plan(
                SCAN,
                step("f", "compute.filter", "{'input': 's', 'condition': 'amount > 1'}"),
                step("a", "compute.aggregate", "{'input': 'f'}"));

        assertThat(first(plan, false)).isInstanceOf(DocumentGroups.class);
        assertThat(first(plan, true)).isInstanceOf(DocumentScan.class);
    }

    @Test
    void aScanWhoseRowsAnybodyElseNeedsGivesRows() {
        assertThat(first(plan(SCAN, COUNT), false)).isInstanceOf(DocumentGroups.class);
        assertThat(first(plan(SCAN, COUNT), true)).isInstanceOf(DocumentScan.class);
        assertThat(first(plan(SCAN), false)).isInstanceOf(DocumentScan.class);
        assertThat(first(
                        plan(SCAN, COUNT, step("f", "compute.filter", "{'input': 's', 'condition': 'amount > 1'}")),
                        false))
                .isInstanceOf(DocumentScan.class);
    }
}
