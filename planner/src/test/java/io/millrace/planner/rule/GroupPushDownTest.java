package io.millrace.planner.rule;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.protocol.fragment.TimeBucket;
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

        assertThat(groups.consumers()).extracting(Step.StepGrouping::step).containsExactly(1, 2);
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
