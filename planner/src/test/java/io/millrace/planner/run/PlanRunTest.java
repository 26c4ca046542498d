package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PlanRunTest {
    private static final String SCAN =
            step("s1", "document.scan", "{'collection': 'events', 'project': ['memberCode']}");
    private static final String COUNTED = step(
            "s3",
            "graph.traverse",
            "{'start': {'ref': 's1', 'field': 'memberCode', 'entity_type': 'Member'}, 'edge_types': ['OpenedGame'],"
                    + " 'aggregate': 'count'}");
    private static final String IDLE = step(
            "s6",
            "compute.filter",
            "{'input': 's1', 'join': 's3', 'join_key': 'memberCode', 'condition': 's3.count == 0'}");

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static Map<String, Object> event(String member, long amount) {
        return new HashMap<>(Map.of("memberCode", member, "amount", amount, "@timestamp", NOW_MS - amount));
    }

    private static FakeShards sample(int shards) {
        FakeShards fake = new FakeShards(shards);
        fake.put("events", "e1", event("m1", 5));
        fake.put("events", "e2", event("m2", 3));
        fake.put("events", "e3", event("m1", 4));
        fake.put("Member", "m1", Map.of("code", "m1", "rGroup", "gold"));
        fake.link("OpenedGame", "m1", "g1");
        fake.link("OpenedGame", "m1", "g2");
        fake.link("OpenedGame", "m1", "g2");
        return fake;
    }

    @Test
    void scanIsInTheOrderOfIdsAndBeginsWithTheId() {
        Response response = Runs.run(
                plan(step("s1", "document.scan", "{'collection': 'events', 'filter': {'memberCode': 'm1'}}")),
                sample(4),
                4);

        assertThat(response.status()).isEqualTo(Response.Status.OK);
        assertThat(Runs.rows(response)).extracting(row -> row.get(0)).containsExactly("e1", "e3");
        assertThat(response.coverage()).isEqualTo(new Coverage(4, 4, List.of()));
    }

    @Test
    void scanIsOrderedAndCutOverAllShards() {
        Response response = Runs.run(
                plan(step(
                        "s1",
                        "document.scan",
                        "{'collection': 'events', 'project': ['amount'], 'order_by': 'amount desc', 'limit': 2}")),
                sample(4),
                4);

        assertThat(Runs.rows(response)).containsExactly(List.of(5L), List.of(4L));
        assertThat(Runs.table(response, "s1").truncated()).isTrue();
    }

    @Test
    void threeStepsFindMembersWithoutGames() {
        Response response = Runs.run(plan(SCAN, COUNTED, IDLE), sample(3), 3);

        assertThat(response.results().keySet()).containsExactly("s6");
        assertThat(Runs.table(response, "s6").columns())
                .extracting(column -> column.name())
                .containsExactly("memberCode", "count");
        assertThat(Runs.rows(response)).containsExactly(List.of("m2", 0L));
    }

    @Test
    void parallelEdgesCountOneVertex() {
        Response response = Runs.run(plan(SCAN, COUNTED), sample(3), 3);

        assertThat(Runs.rows(response)).containsExactly(List.of("m1", 2L), List.of("m2", 0L));
    }

    @Test
    void fieldsOfTheStartAreAddedWhereALaterStepNamesThem() {
        Response response = Runs.run(
                plan(
                        SCAN,
                        COUNTED,
                        step(
                                "s5",
                                "compute.aggregate",
                                "{'input': 's3', 'group_by': 'rGroup', 'metrics': [{'field': 'count', 'agg': 'sum'},"
                                        + " {'field': 'memberCode', 'agg': 'count_distinct'}]}")),
                sample(3),
                3);

        assertThat(Runs.table(response, "s5").columns())
                .extracting(column -> column.name())
                .containsExactly("rGroup", "sum_count", "count_distinct_memberCode");
        assertThat(Runs.rows(response)).containsExactly(List.of("gold", 2L, 1L), asList(null, 0L, 1L));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neitherOrderNorNumberOfShardsChangesAByte(long seed) {
        Plan plan = plan(
                SCAN,
                COUNTED,
                IDLE,
                step("v", "vector.search", "{'collection': 'events', 'query_vector': [1, 2, 3], 'top_k': 7}"),
                step("a", "compute.aggregate", "{'input': 's1', 'group_by': 'memberCode'}"));
        String first = Runs.text(Runs.run(Samples.run(plan), random(seed, 1), 1, new Random(seed)));

        for (int shards : new int[] {2, 5, 16}) {
            Response response = Runs.run(Samples.run(plan), random(seed, shards), shards, new Random(seed + shards));
            assertThat(Runs.text(response)).isEqualTo(first);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void threeStepsAgreeWithPlainJava(long seed) {
        Random random = new Random(seed);
        FakeShards fake = new FakeShards(3);
        Map<String, String> members = new TreeMap<>();
        Set<String> players = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            String member = "m" + random.nextInt(20);
            fake.put("events", "e" + i, event(member, i));
            members.put("e" + i, member);
        }
        for (int i = 0; i < 15; i++) {
            String member = "m" + random.nextInt(25);
            fake.link("OpenedGame", member, "g" + random.nextInt(5));
            players.add(member);
        }

        Response response = Runs.run(plan(SCAN, COUNTED, IDLE), fake, 3);

        List<List<Object>> expected = members.values().stream()
                .filter(member -> !players.contains(member))
                .map(member -> List.<Object>of(member, 0L))
                .toList();
        assertThat(Runs.rows(response)).isEqualTo(expected);
    }

    private static FakeShards random(long seed, int shards) {
        Random random = new Random(seed);
        FakeShards fake = new FakeShards(shards);
        for (int i = 0; i < 60; i++) {
            Map<String, Object> event = event("m" + random.nextInt(10), random.nextInt(5));
            event.put("v", new float[] {random.nextInt(3), random.nextInt(3), random.nextInt(3)});
            fake.put("events", "e" + i, event);
        }
        for (int i = 0; i < 30; i++) {
            fake.link("OpenedGame", "m" + random.nextInt(10), "g" + random.nextInt(5));
        }
        return fake;
    }

    /** A run whose partials the test delivers itself. */
    private static final class Manual {
        final List<Fragment> fragments = new ArrayList<>();
        final FakeShards fake;
        final PlanRun run;

        Manual(PlannedRequest request, int shards, RunLimits limits) {
            fake = sample(shards);
            run = new PlanRun(request, 1, shards, limits, fragments::add);
            run.start(NOW_MS, 0);
        }

        void deliver(int fragment, int... shards) {
            List<Partial> partials = fake.answer(fragments.get(fragment));
            for (int shard : shards) {
                run.onPartial(partials.get(shard), NOW_MS, 0);
            }
        }

        void fail(int fragment, int shard) {
            Problem problem = Problem.of(ErrorCode.INTERNAL, "disk on fire");
            run.onPartial(
                    FakeShards.partial(
                            fragments.get(fragment), List.of(shard), new PartialResult.Failed(List.of(problem))),
                    NOW_MS,
                    0);
        }

        Response at(long nowMs) {
            run.onTimer(nowMs, 0);
            return run.response(nowMs, 0, Runs.END_OFFSETS);
        }
    }

    @Test
    void shardThatIsLateMakesItsStepPartialAndIsNamed() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 3, RunLimits.DEFAULT);
        manual.deliver(0, 0, 2);
        assertThat(manual.run.isDone()).isFalse();
        assertThat(manual.run.nextTimerMs()).isEqualTo(NOW_MS + 30_000);

        Response response = manual.at(NOW_MS + 30_000);

        assertThat(response.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(response.coverage()).isEqualTo(new Coverage(3, 2, List.of(1)));
        assertThat(response.errors())
                .extracting(Problem::code, Problem::message)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        ErrorCode.DEADLINE_EXCEEDED, "1 of 3 shards did not answer within 30000 ms"));
        assertThat(response.results()).containsKey("s1");
    }

    @Test
    void stepThatNoShardAnswersTimesOutAndThoseBehindItAreSkipped() {
        Manual manual = new Manual(Samples.run(plan(SCAN, COUNTED, IDLE)), 2, RunLimits.DEFAULT);

        Response response = manual.at(NOW_MS + 30_000);

        assertThat(response.status()).isEqualTo(Response.Status.ERROR);
        assertThat(response.steps())
                .extracting(StepReport::status, StepReport::skippedBecause)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(StepReport.Status.TIMED_OUT, null),
                        org.assertj.core.groups.Tuple.tuple(StepReport.Status.SKIPPED, "s1"),
                        org.assertj.core.groups.Tuple.tuple(StepReport.Status.SKIPPED, "s1"));
    }

    @Test
    void failedStepLeavesTheOthersTheirResults() {
        Manual manual = new Manual(
                Samples.run(plan(SCAN, step("t", "document.scan", "{'collection': 'Game'}"))), 2, RunLimits.DEFAULT);
        manual.fail(0, 0);
        manual.deliver(0, 1);
        manual.deliver(1, 1, 0);

        Response response = manual.at(NOW_MS);

        assertThat(response.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(response.results().keySet()).containsExactly("t");
        assertThat(response.errors()).extracting(Problem::code).containsExactly(ErrorCode.INTERNAL);
    }

    @Test
    void aggregateOverMissingShardsFails() {
        Manual manual = new Manual(
                Samples.run(plan(SCAN, step("a", "compute.aggregate", "{'input': 's1'}"))), 2, RunLimits.DEFAULT);
        manual.deliver(0, 0);

        Response response = manual.at(NOW_MS + 30_000);

        assertThat(response.steps().get(1).errors()).extracting(Problem::code).containsExactly(ErrorCode.UNAVAILABLE);
        assertThat(response.status()).isEqualTo(Response.Status.ERROR);
    }

    @Test
    void partialsOfOtherAttemptsAndRoundsAndTwiceTheSameChangeNothing() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 2, RunLimits.DEFAULT);
        Partial partial = manual.fake.answer(manual.fragments.get(0)).get(0);
        manual.run.onPartial(partial, NOW_MS, 0);
        manual.run.onPartial(partial, NOW_MS, 0);
        manual.run.onPartial(new Partial("r-1", 2, 0, 0, List.of(1), List.of(), partial.result()), NOW_MS, 0);
        manual.run.onPartial(new Partial("r-1", 1, 0, 1, List.of(1), List.of(), partial.result()), NOW_MS, 0);
        assertThat(manual.run.isDone()).isFalse();

        manual.deliver(0, 1);

        assertThat(Runs.rows(manual.at(NOW_MS))).hasSize(3);
    }

    @Test
    void anAnswerInPartsIsWholeWithItsLastAndEachPartCountsOnce() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 2, RunLimits.DEFAULT);
        Partial whole = manual.fake.answer(manual.fragments.get(0)).get(0);
        List<Object[]> rows = ((PartialResult.Rows) whole.result()).rows();
        Partial part =
                FakeShards.partial(manual.fragments.get(0), List.of(0), new PartialResult.Part(0, rows.subList(0, 1)));
        Partial rest = FakeShards.partial(
                manual.fragments.get(0),
                List.of(0),
                new PartialResult.Rows(rows.subList(1, rows.size()), false, FragmentStats.NONE));

        manual.run.onPartial(part, NOW_MS, 0);
        manual.run.onPartial(part, NOW_MS, 0);
        manual.deliver(0, 1);
        assertThat(manual.run.isDone()).isFalse();
        manual.run.onPartial(rest, NOW_MS, 0);
        manual.run.onPartial(part, NOW_MS, 0);

        assertThat(Runs.rows(manual.at(NOW_MS))).hasSize(3);
    }

    @Test
    void aShardOfWhichOnlyPartsHaveComeIsMissing() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 2, RunLimits.DEFAULT);
        Partial whole = manual.fake.answer(manual.fragments.get(0)).get(0);
        List<Object[]> rows = ((PartialResult.Rows) whole.result()).rows();
        manual.run.onPartial(
                FakeShards.partial(manual.fragments.get(0), List.of(0), new PartialResult.Part(0, rows.subList(0, 1))),
                NOW_MS,
                0);
        manual.deliver(0, 1);

        Response response = manual.at(NOW_MS + 30_000);

        assertThat(response.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(response.coverage().missing()).containsExactly(0);
    }

    @Test
    void offsetTokenThatIsNotReachedIsStaleAndGivesNoRows() {
        OffsetToken token = new OffsetToken(Map.of("events-0", 150L));
        Manual manual = new Manual(Samples.run(plan(SCAN), ExplainLevel.SUMMARY, token, null), 2, RunLimits.DEFAULT);
        assertThat(manual.fragments.get(0).minOffsets()).isEqualTo(token);
        manual.deliver(0, 0);
        manual.run.onPartial(
                FakeShards.partial(
                        manual.fragments.get(0),
                        List.of(1),
                        new PartialResult.Waiting(
                                new OffsetToken(Map.of("events-0", 120L)), PartialResult.WaitingFor.OFFSETS)),
                NOW_MS,
                0);

        Response response = manual.at(NOW_MS + 60_000);

        assertThat(response.status()).isEqualTo(Response.Status.ERROR);
        assertThat(response.results()).isEmpty();
        assertThat(response.errors())
                .extracting(Problem::code, Problem::detail)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ErrorCode.STALE, "events-0: applied 120, demanded 150"));
    }

    /** The shard has applied enough: what it lacks is told by the reason alone. */
    @ParameterizedTest
    @CsvSource({
        "TEXTS, rows below them wait to be embedded",
        "BUILD, 'the index is REBUILD_ONLY, and no build has brought it the rows below them'"
    })
    void tokenThatWaitsForTextsOrABuildIsStaleToo(PartialResult.WaitingFor reason, String detail) {
        OffsetToken token = new OffsetToken(Map.of("events-0", 150L));
        Manual manual = new Manual(Samples.run(plan(SCAN), ExplainLevel.SUMMARY, token, null), 2, RunLimits.DEFAULT);
        manual.deliver(0, 0);
        manual.run.onPartial(
                FakeShards.partial(manual.fragments.get(0), List.of(1), new PartialResult.Waiting(token, reason)),
                NOW_MS,
                0);

        Response response = manual.at(NOW_MS + 60_000);

        assertThat(response.results()).isEmpty();
        assertThat(response.errors())
                .extracting(Problem::code, Problem::detail)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(ErrorCode.STALE, detail));
    }

    @Test
    void certificateIsTheLeastOfAllShardsAndLagCountsBehindTheEnd() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 2, RunLimits.DEFAULT);
        manual.deliver(0, 0, 1);

        Response fresh = manual.run.response(NOW_MS, 0, Map.of("events-0", 100L));
        Response lagging = manual.run.response(NOW_MS, 0, Map.of("events-0", 101L));

        assertThat(fresh.freshness()).isNotNull().satisfies(certificate -> {
            assertThat(certificate.applied()).isEqualTo(Map.of("events-0", 100L));
            assertThat(certificate.lagMs()).isZero();
            assertThat(certificate.pendingRows()).isEqualTo(2);
        });
        assertThat(lagging.freshness())
                .isNotNull()
                .satisfies(c -> assertThat(c.lagMs()).isEqualTo(500));
    }

    @Test
    void answerThatLagsMoreThanAllowedIsStale() {
        Manual manual =
                new Manual(Samples.run(plan(SCAN), ExplainLevel.SUMMARY, OffsetToken.NONE, 499L), 1, RunLimits.DEFAULT);
        manual.deliver(0, 0);

        Response response = manual.run.response(NOW_MS, 0, Map.of("events-0", 1_000L));

        assertThat(response.errors()).extracting(Problem::code).containsExactly(ErrorCode.STALE);
        assertThat(response.results()).isEmpty();
    }

    @Test
    void rowsBeyondTheMemoryBoundFailTheStep() {
        Manual manual = new Manual(Samples.run(plan(SCAN)), 1, new RunLimits(50, 10, 10));
        manual.deliver(0, 0);

        assertThat(manual.at(NOW_MS).errors()).extracting(Problem::code).containsExactly(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void countBeyondTheFrontierIsAnErrorAndRowsBeyondItAreTruncated() {
        String people = "{'start': {'ids': [1], 'entity_type': 'Person'}, 'depth': 5";
        for (boolean count : new boolean[] {true, false}) {
            FakeShards fake = new FakeShards(1);
            for (int i = 1; i < 9; i++) {
                fake.link("KNOWS", "1", "" + (i + 1));
                fake.link("KNOWS", "" + (i + 1), "" + (i + 10));
            }
            List<Fragment> fragments = new ArrayList<>();
            Plan plan = plan(step("g", "graph.traverse", people + (count ? ", 'aggregate': 'count'}" : "}")));
            PlanRun run = new PlanRun(Samples.run(plan), 1, 1, new RunLimits(1 << 20, 3, 100), fragments::add);
            run.start(NOW_MS, 0);
            for (int i = 0; !run.isDone(); i++) {
                run.onPartial(fake.answer(fragments.get(i)).get(0), NOW_MS, 0);
            }
            Response response = run.response(NOW_MS, 0, Map.of());
            if (count) {
                assertThat(response.errors()).extracting(Problem::code).containsExactly(ErrorCode.LIMIT_EXCEEDED);
            } else {
                assertThat(Runs.table(response, "g").truncated()).isTrue();
            }
        }
    }

    @Test
    void rowsThatNobodyNeedsAnyMoreAreFreedAndTheirBytesGivenBack() {
        FakeShards fake = new FakeShards(1);
        for (int i = 0; i < 500; i++) {
            fake.put("events", "e" + i, event("m" + i % 100, i));
            fake.link("OpenedGame", "m" + i % 100, "g" + i);
        }
        List<Fragment> fragments = new ArrayList<>();
        String last = step("s7", "compute.aggregate", "{'input': 's6', 'group_by': [], 'metrics': [{'agg': 'count'}]}");
        String walk = COUNTED.replace("'s3'", "'s4'").replace("'s1'", "'s6'");
        Plan plan = plan(SCAN, COUNTED, IDLE.replace("== 0", "> 1"), last, walk);
        PlanRun run = new PlanRun(Samples.run(plan), 1, 1, RunLimits.DEFAULT, fragments::add);
        List<Long> bytes = new ArrayList<>();
        run.start(NOW_MS, 0);
        for (int i = 0; !run.isDone(); i++) {
            run.onPartial(fake.answer(fragments.get(i)).get(0), NOW_MS, 0);
            bytes.add(run.memoryBytes());
        }

        assertThat(bytes).hasSize(3);
        assertThat(bytes.get(0)).as("500 rows of the scan").isGreaterThan(500 * 32L);
        assertThat(bytes.get(1)).as("500 joined rows, 100 counted starts").isBetween(500 * 32L, 2 * bytes.get(0));
        assertThat(bytes.get(2)).as("one row and 100 counts").isBetween(1L, 100 * 200L);
        Response response = run.response(NOW_MS, 0, Map.of());
        assertThat(response.results().keySet()).containsExactly("s7", "s4");
        assertThat(response.steps()).extracting(StepReport::rows).containsExactly(500L, 100L, 500L, 1L, 100L);
        assertThat(Runs.rows(Runs.table(response, "s7"))).containsExactly(List.of(500L));
    }

    @Test
    void summarySaysHowAStepWasRunAndAnalyzeWhatWasMeasured() {
        Plan plan = plan(step("v", "vector.search", "{'collection': 'events', 'query_vector': [1, 2, 3]}"));
        Response response =
                Runs.run(Samples.run(plan, ExplainLevel.ANALYZE, OffsetToken.NONE, null), sample(2), 2, new Random(0));

        assertThat(response.steps().get(0).summary())
                .containsEntry("op", "vector.search")
                .containsEntry("path", "EXACT")
                .containsEntry("index", "events_v")
                .containsEntry("shards", 2L);
        assertThat(Objects.requireNonNull(response.explain())
                        .at("/tree/measured")
                        .toString())
                .isEqualTo("{\"status\":\"ok\",\"rows_out\":0,\"elapsed_ms\":0.0,\"rows_in\":0}");
        assertThat(response.freshness())
                .isNotNull()
                .satisfies(c -> assertThat(c.shards()).hasSize(2));
    }
}
