package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Response;
import io.millrace.protocol.value.Column;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FuseComputeTest {
    private final FakeShards fake = new FakeShards(2);

    FuseComputeTest() {
        fake.put("two", "x", Map.of("a", new float[] {0, 0}, "b", new float[] {9, 9}));
        fake.put("two", "y", Map.of("a", new float[] {1, 0}, "b", new float[] {0, 1}));
        fake.put("two", "z", Map.of("b", new float[] {0, 0}));
    }

    private static String search(String id, String field) {
        return step(
                id,
                "vector.search",
                "{'collection': 'two', 'field': '" + field
                        + "', 'metric': 'l2', 'query_vector': [0, 0], 'top_k': 5, 'project': ['id']}");
    }

    private Response run(String fuse) {
        return Runs.run(plan(search("l", "a"), search("r", "b"), step("f", "compute.fuse", fuse)), fake, 2);
    }

    @Test
    void ranksOfTwoSearchesBecomeOneList() {
        Response response = run("{'input': ['l', 'r'], 'k': 1}");
        assertThat(Runs.table(response, "f").columns()).extracting(Column::name).containsExactly("id", "score");
        assertThat(Runs.rows(Runs.table(response, "f")))
                .containsExactly(asList("x", 1 / 2.0 + 1 / 4.0), asList("y", 1 / 3.0 + 1 / 3.0), asList("z", 1 / 2.0));
    }

    @Test
    void scoresOfDistancesBecomeSimilarities() {
        assertThat(Runs.rows(Runs.table(run("{'input': ['l', 'r'], 'method': 'maximum', 'limit': 2}"), "f")))
                .containsExactly(asList("x", 1.0), asList("z", 1.0));
    }

    @Test
    void aLimitThatWasAskedCutsTheList() {
        Response response = run("{'input': ['l', 'r'], 'limit': 1}");
        assertThat(Runs.table(response, "f").truncated()).isTrue();
        assertThat(Runs.table(response, "f").rows()).hasSize(1);
    }

    @Test
    void otherColumnsComeFromTheFirstListThatHasTheRow() {
        FakeShards members = new FakeShards(2);
        members.put("Member", "m1", Map.of("rGroup", "gold", "age", 3L));
        members.put("Member", "m2", Map.of("rGroup", "tin"));
        Response response = Runs.run(
                plan(
                        step("a", "document.scan", "{'collection': 'Member', 'project': ['id', 'rGroup'], 'limit': 1}"),
                        step("b", "document.scan", "{'collection': 'Member', 'project': ['age', 'id', 'rGroup']}"),
                        step("f", "compute.fuse", "{'input': ['a', 'b'], 'rank_constant': 1}")),
                members,
                2);
        assertThat(Runs.table(response, "f").columns())
                .extracting(Column::name)
                .containsExactly("id", "score", "rGroup", "age");
        assertThat(Runs.rows(Runs.table(response, "f")))
                .isEqualTo(List.of(asList("m1", 1.0, "gold", 3L), asList("m2", 1 / 3.0, "tin", null)));
    }
}
