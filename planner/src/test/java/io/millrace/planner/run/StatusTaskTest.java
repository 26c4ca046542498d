package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTaskTest {
    private static final Catalog CATALOG = Samples.after(
            Samples.after(Samples.catalog(), "r-0", "CREATE COLLECTION numbered (id INT PRIMARY KEY, v VECTOR(2))"),
            "r-1",
            "CREATE VECTOR INDEX numbered_v ON numbered(v) USING hnsw WITH (mode = 'async', ef_search = 33)");
    private static final long EVENTS_V =
            CATALOG.vectorIndex("events_v").orElseThrow().id();
    private static final long NUMBERED_V =
            CATALOG.vectorIndex("numbered_v").orElseThrow().id();

    private final List<Fragment> fragments = new ArrayList<>();

    private PlanRun start(String statement, int shards) {
        PlannedRequest.Run planned =
                (PlannedRequest.Run) new StatementPlanner(CATALOG).plan("r-1", statement, Map.of());
        PlanRun run = new PlanRun(Samples.run(planned.plan()), 1, shards, RunLimits.DEFAULT, fragments::add);
        run.start(NOW_MS, 0);
        return run;
    }

    private static Object[] row(long shard, long index, String state, long count) {
        return new Object[] {shard, index, state, count, 2L, 3 * count, 4 + count, 5L, 6L, 7L, 8L, 9L};
    }

    /** A shard that has applied {@code applied} of 100 records, the last of them half a second ago. */
    private Partial answer(int shard, long applied, Object[]... rows) {
        Fragment fragment = fragments.get(0);
        List<SourceProgress> progress =
                List.of(new SourceProgress("events-0", applied, applied, NOW_MS - 500 * (shard + 1)));
        return new Partial(
                fragment.requestId(),
                fragment.attempt(),
                fragment.step(),
                fragment.round(),
                List.of(shard),
                List.of(new ShardCertificate(shard, progress, 0, null, 0, 0)),
                new PartialResult.Rows(Arrays.asList(rows), false, FragmentStats.NONE));
    }

    private static List<Object> column(Response response, String name) {
        ResultTable table = Runs.table(response, "result");
        int place = table.columnIndex(name);
        return table.rows().stream().map(row -> row[place]).toList();
    }

    @Test
    void everyShardHasARowAndAllTogetherHaveOne() {
        PlanRun run = start("SHOW VECTOR INDEX STATUS", 2);
        run.onPartial(answer(1, 90, row(1, EVENTS_V, "READY", 20), row(1, NUMBERED_V, "BUILDING", 1)), NOW_MS, 0);
        run.onPartial(answer(0, 100, row(0, EVENTS_V, "READY", 10), row(0, NUMBERED_V, "READY", 2)), NOW_MS, 0);
        Response response = run.response(NOW_MS, 0, Runs.END_OFFSETS);

        assertThat(fragments)
                .singleElement()
                .satisfies(fragment -> assertThat(fragment.operation()).isEqualTo(new ReadIndexStatus(null)));
        assertThat(Runs.table(response, "result").columns())
                .extracting(Column::name)
                .containsExactly(
                        "name",
                        "shard",
                        "state",
                        "rows_indexed",
                        "bytes",
                        "dim",
                        "metric",
                        "engine",
                        "build_time_ms",
                        "ef_build",
                        "ef_search",
                        "mode",
                        "index_version",
                        "pending_rows",
                        "stale_rows",
                        "lag_ms",
                        "rows_invalid",
                        "rows_dim_mismatch",
                        "tombstones",
                        "row_id_kind");
        assertThat(Runs.rows(Runs.table(response, "result")))
                .containsExactly(
                        asList(
                                "events_v",
                                0L,
                                "READY",
                                10L,
                                2L,
                                3L,
                                "cosine",
                                "flat",
                                30L,
                                200L,
                                100L,
                                "immediate",
                                14L,
                                5L,
                                6L,
                                0L,
                                7L,
                                8L,
                                9L,
                                "xxh3_64"),
                        asList(
                                "events_v",
                                1L,
                                "READY",
                                20L,
                                2L,
                                3L,
                                "cosine",
                                "flat",
                                60L,
                                200L,
                                100L,
                                "immediate",
                                24L,
                                5L,
                                6L,
                                1000L,
                                7L,
                                8L,
                                9L,
                                "xxh3_64"),
                        asList(
                                "events_v",
                                null,
                                "READY",
                                30L,
                                4L,
                                3L,
                                "cosine",
                                "flat",
                                60L,
                                200L,
                                100L,
                                "immediate",
                                14L,
                                10L,
                                12L,
                                1000L,
                                14L,
                                16L,
                                18L,
                                "xxh3_64"),
                        asList(
                                "numbered_v",
                                0L,
                                "READY",
                                2L,
                                2L,
                                2L,
                                "l2",
                                "hnsw",
                                6L,
                                200L,
                                33L,
                                "async",
                                6L,
                                5L,
                                6L,
                                0L,
                                7L,
                                8L,
                                9L,
                                "int"),
                        asList(
                                "numbered_v",
                                1L,
                                "BUILDING",
                                1L,
                                2L,
                                2L,
                                "l2",
                                "hnsw",
                                3L,
                                200L,
                                33L,
                                "async",
                                5L,
                                5L,
                                6L,
                                1000L,
                                7L,
                                8L,
                                9L,
                                "int"),
                        asList(
                                "numbered_v",
                                null,
                                "BUILDING",
                                3L,
                                4L,
                                2L,
                                "l2",
                                "hnsw",
                                6L,
                                200L,
                                33L,
                                "async",
                                5L,
                                10L,
                                12L,
                                1000L,
                                14L,
                                16L,
                                18L,
                                "int"));
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY, EMPTY, EMPTY",
        "EMPTY, READY, READY",
        "STALE, READY, STALE",
        "STALE, BUILDING, BUILDING",
        "FAILED(memory), BUILDING, FAILED(memory)",
        "READY, FAILED(memory), FAILED(memory)"
    })
    void gravestStateOfAShardIsThatOfAll(String first, String second, String expected) {
        PlanRun run = start("SHOW VECTOR INDEX STATUS events_v", 2);
        run.onPartial(answer(0, 100, row(0, EVENTS_V, first, 0)), NOW_MS, 0);
        run.onPartial(answer(1, 100, row(1, EVENTS_V, second, 0)), NOW_MS, 0);

        assertThat(fragments.get(0).operation()).isEqualTo(new ReadIndexStatus(EVENTS_V));
        assertThat(column(run.response(NOW_MS, 0, Runs.END_OFFSETS), "state")).containsExactly(first, second, expected);
    }

    @Test
    void shardsThatDoNotAnswerAreMissingAndSaidToBe() {
        PlanRun run = start("SHOW VECTOR INDEX STATUS events_v", 2);
        run.onPartial(answer(1, 100, row(1, EVENTS_V, "READY", 20)), NOW_MS, 0);
        run.onTimer(NOW_MS + 60_000, 0);
        Response response = run.response(NOW_MS + 60_000, 0, Runs.END_OFFSETS);

        assertThat(response.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(column(response, "rows_indexed")).containsExactly(20L, 20L);
        assertThat(response.coverage())
                .isNotNull()
                .satisfies(coverage -> assertThat(coverage.missing()).containsExactly(0));
    }

    @Test
    void indexThatNoShardHasGivesNoRow() {
        PlanRun run = start("SHOW VECTOR INDEX STATUS", 1);
        run.onPartial(answer(0, 100, row(0, NUMBERED_V, "READY", 1), row(0, 9_999, "READY", 1)), NOW_MS, 0);

        assertThat(column(run.response(NOW_MS, 0, Runs.END_OFFSETS), "name"))
                .containsExactly("numbered_v", "numbered_v");
    }
}
