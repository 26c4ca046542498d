package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.cost.Statistics;
import io.millrace.planner.cost.StrategyChoice;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.rule.StrategyRule;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How a run waits for the vectors of its texts. */
class TextSearchTest {
    private static final float[] VECTOR = {1, 2, 2};

    private static final StrategyChoice CHOICE = new StrategyChoice(new Statistics(), HybridSettings.DEFAULT);

    private final List<Fragment> fragments = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, float[]> known = new HashMap<>();

    private static String search(String id, String text) {
        return step(id, "vector.search", "{'index': 'events_v', 'query_text': '" + text + "', 'top_k': 1}");
    }

    private PlanRun start(String... steps) {
        Plan plan = StrategyRule.apply(Samples.textPlan(steps), CHOICE);
        PlanRun run = new PlanRun(Samples.run(plan), 1, 1, RunLimits.DEFAULT, fragments::add, text -> {
            asked.add(text);
            return known.get(text);
        });
        run.start(NOW_MS, 0);
        return run;
    }

    private void answer(PlanRun run) {
        FakeShards shards = new FakeShards(1);
        shards.put("events", "e1", Map.of("v", new float[] {1, 2, 2}));
        shards.put("events", "e2", Map.of("v", new float[] {-1, 0, 0}));
        List<Fragment> waiting = List.copyOf(fragments);
        fragments.clear();
        waiting.forEach(fragment -> shards.answer(fragment).forEach(partial -> run.onPartial(partial, NOW_MS, 0)));
    }

    private static Response response(PlanRun run) {
        return run.response(NOW_MS, 0, Runs.END_OFFSETS);
    }

    private static StepReport report(Response response, String id) {
        return response.steps().stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shardsAreAskedWhenTheVectorIsThere() {
        PlanRun run = start(search("s", "a b"));
        assertThat(fragments).isEmpty();
        assertThat(asked).containsExactly("a b");

        run.onVector("another", VECTOR, NOW_MS, 0);
        assertThat(fragments).isEmpty();
        run.onVector("a b", VECTOR, NOW_MS, 0);

        assertThat(fragments)
                .singleElement()
                .satisfies(fragment -> assertThat(((SearchVectors) fragment.operation()).query())
                        .isEqualTo(VECTOR));
        run.onVector("a b", new float[] {9, 9, 9}, NOW_MS, 0);
        assertThat(fragments).as("a second vector changes nothing").hasSize(1);
        answer(run);
        assertThat(Runs.rows(response(run)))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith("e1", 1.0));
    }

    /** A pattern beside a text is asked once the vector is there. */
    @Test
    void patternBesideATextWaitsForItsVector() {
        PlanRun run = start(step(
                "s",
                "vector.search",
                "{'index': 'events_v', 'query_text': 'a b', 'top_k': 1, 'not_match': '(x:events)', 'strategy':"
                        + " 'vector_first'}"));
        assertThat(fragments).isEmpty();
        assertThat(asked).containsExactly("a b");

        run.onVector("a b", VECTOR, NOW_MS, 0);

        assertThat(fragments)
                .singleElement()
                .satisfies(fragment -> assertThat(((SearchVectors) fragment.operation()).query())
                        .isEqualTo(VECTOR));
    }

    @Test
    void vectorThatIsKnownIsNotWaitedFor() {
        known.put("a", VECTOR);

        PlanRun run = start(search("s", "a"));

        assertThat(fragments).hasSize(1);
        answer(run);
        assertThat(run.isDone()).isTrue();
    }

    @Test
    void oneVectorServesAllStepsThatWaitForIt() {
        PlanRun run = start(search("s", "a"), search("t", "b"), search("u", "a"));

        run.onVector("a", VECTOR, NOW_MS, 0);

        assertThat(fragments).extracting(Fragment::step).containsExactly(0, 2);
    }

    @Test
    void textWithoutAVectorFailsItsStepsAndSkipsWhatIsBehind() {
        PlanRun run = start(
                search("s", "a"),
                step("f", "compute.filter", "{'input': 's', 'condition': 'score > 0'}"),
                step("d", "document.scan", "{'collection': 'Member'}"));

        run.onNoVector("a", Problem.of(ErrorCode.UNAVAILABLE, "no answer"), NOW_MS, 0);
        answer(run);

        Response response = response(run);
        assertThat(response.status()).isEqualTo(Response.Status.PARTIAL);
        assertThat(report(response, "s").status()).isEqualTo(StepReport.Status.FAILED);
        assertThat(report(response, "s").errors()).extracting(Problem::code).containsExactly(ErrorCode.UNAVAILABLE);
        assertThat(report(response, "f").skippedBecause()).isEqualTo("s");
        assertThat(report(response, "d").status()).isEqualTo(StepReport.Status.OK);
    }

    @Test
    void embedderThatDoesNotAnswerTimesTheStepOut() {
        PlanRun run = start(search("s", "a"));
        assertThat(run.nextTimerMs()).isEqualTo(NOW_MS + PlanLimits.DEFAULT.stepTimeoutMs());

        run.onTimer(run.nextTimerMs(), 0);

        StepReport report = report(response(run), "s");
        assertThat(report.status()).isEqualTo(StepReport.Status.TIMED_OUT);
        assertThat(report.errors()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            assertThat(problem.message()).isEqualTo("the embedder did not answer within 30000 ms");
        });
    }

    @Test
    void vectorThatDoesNotFitFailsTheStep() {
        PlanRun wrong = start(search("s", "a"));
        wrong.onVector("a", new float[] {1, 2}, NOW_MS, 0);
        PlanRun zero = start(search("s", "a"));
        zero.onVector("a", new float[3], NOW_MS, 0);

        assertThat(report(response(wrong), "s").errors())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_DIMENSION);
        assertThat(report(response(zero), "s").errors())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_VECTOR);
        assertThat(fragments).isEmpty();
    }
}
