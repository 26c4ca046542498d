package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.ORIGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.query.CoordinatorFixture.Coordinator;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.TestEmbedders;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that search for texts, at their coordinator. */
class QueryTextsTest {
    private static final SearchDefaults DEFAULTS =
            Examples.withEmbedder().searchDefaults(QueryTextsTest.class.getClassLoader());
    private static final Catalog CATALOG = catalog();

    @TempDir
    private Path folder = Path.of("");

    private CoordinatorFixture fixture = new CoordinatorFixture(folder);

    @BeforeEach
    void start() {
        TestEmbedders.reset();
        fixture = new CoordinatorFixture(folder).with(Examples.withEmbedder());
    }

    private static Catalog catalog() {
        Catalog catalog = Examples.catalog();
        String statement = "CREATE COLLECTION notes (id STRING PRIMARY KEY, text STRING, v VECTOR(8))";
        var command = (PlannedRequest.Command) new StatementPlanner(catalog).plan("ddl", statement, Map.of());
        return catalog.apply(catalog.version(), command.command().entry());
    }

    private static PlannedRequest search(String id, String... texts) {
        List<String> steps = new ArrayList<>();
        for (String text : texts) {
            steps.add("{'id': 's" + steps.size() + "', 'store': 'vector', 'op': 'search', 'params': {'collection':"
                    + " 'notes', 'query_text': '" + text + "'}}");
        }
        var decoded = new RequestCodec(1 << 20)
                .read(Examples.request(id, "'plan': {'steps': [" + String.join(",", steps) + "]}"), id);
        PlannedRequest planned = new RequestPlanner(PlanLimits.DEFAULT, DEFAULTS)
                .plan(java.util.Objects.requireNonNull(decoded.request()), ORIGIN, CATALOG, NOW_MS);
        assertThat(planned.outcome()).isInstanceOf(PlannedRequest.Run.class);
        return planned;
    }

    /** Runs mails until so many fragments have come. */
    private static List<Fragment> fragments(Coordinator coordinator, int count) {
        List<Fragment> fragments = new ArrayList<>();
        await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
            coordinator.subtask().runMails();
            fragments.addAll(coordinator.fragments());
            return fragments.size() >= count;
        });
        assertThat(fragments).hasSize(count);
        return fragments;
    }

    private static float[] query(Fragment fragment) {
        return ((SearchVectors) fragment.operation()).query();
    }

    @Test
    void shardsAreAskedForTheVectorOfTheText() throws Exception {
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(search("r-1", "a mill by the river"));

            Fragment fragment = fragments(coordinator, 1).get(0);
            assertThat(query(fragment)).isEqualTo(TestEmbedders.vector("a mill by the river"));
            coordinator.hearAll(fragment, "n1", 0.5, "a mill");

            JsonNode answer = coordinator.answer();
            assertThat(answer.path("status").asText()).isEqualTo("ok");
            assertThat(answer.at("/results/s0/rows/0/0").asText()).isEqualTo("n1");
            assertThat(coordinator.subtask().numProcessingTimeTimers()).isZero();
        }
    }

    @Test
    void textIsEmbeddedOnceForAllThatSearchForIt() throws Exception {
        TestEmbedders.allow(0);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(search("r-1", "one", "one"));
            coordinator.take(search("r-2", "one"));
            assertThat(coordinator.fragments()).isEmpty();

            TestEmbedders.allow(1);
            List<Fragment> fragments = fragments(coordinator, 3);

            assertThat(fragments).extracting(Fragment::requestId).containsExactlyInAnyOrder("r-1", "r-1", "r-2");
            coordinator.take(search("r-3", "one"));
            assertThat(fragments(coordinator, 1)).as("remembered").isNotEmpty();
            assertThat(TestEmbedders.asked()).containsExactly("one");
        }
    }

    @Test
    void embedderThatFailsFailsTheStepAndTheNextRequestAsksAgain() throws Exception {
        TestEmbedders.down(true);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(search("r-1", "one"));

            JsonNode answer = answer(coordinator);
            assertThat(answer.at("/steps/0/status").asText()).isEqualTo("failed");
            assertThat(answer.at("/steps/0/error/code").asText()).isEqualTo("UNAVAILABLE");
            assertThat(answer.at("/steps/0/error/message").asText()).contains("it is down");

            TestEmbedders.down(false);
            coordinator.take(search("r-2", "one"));
            assertThat(fragments(coordinator, 1)).hasSize(1);
        }
    }

    private static JsonNode answer(Coordinator coordinator) {
        List<JsonNode> answers = new ArrayList<>();
        await().pollInSameThread().atMost(Duration.ofMinutes(2)).until(() -> {
            coordinator.subtask().runMails();
            coordinator.records().forEach(record -> answers.add(Examples.answer(record)));
            return !answers.isEmpty();
        });
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    @Test
    void embedderThatIsTooSlowTimesTheStepOutAndItsVectorIsOfNoUse() throws Exception {
        TestEmbedders.allow(0);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(search("r-1", "one"));
            coordinator.timeIs(30_000);
            assertThat(answer(coordinator).at("/steps/0/status").asText()).isEqualTo("timed_out");

            TestEmbedders.allow(1);
            coordinator.take(search("r-2", "one"));

            assertThat(fragments(coordinator, 1).get(0).requestId()).isEqualTo("r-2");
        }
    }

    @Test
    void moreTextsThanMayWaitAreOverloaded() throws Exception {
        TestEmbedders.allow(0);
        try (Coordinator coordinator = fixture.start()) {
            for (int request = 0; request < QueryTexts.WAITING_MAX / 64; request++) {
                coordinator.take(search("r-" + request, texts(request)));
            }
            coordinator.subtask().runMails();
            assertThat(coordinator.records()).isEmpty();

            coordinator.take(search("late", "one more"));
            assertThat(answer(coordinator).at("/steps/0/error/code").asText()).isEqualTo("OVERLOADED");
        }
    }

    private static String[] texts(int request) {
        String[] texts = new String[64];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "text " + request + " " + i;
        }
        return texts;
    }

    @Test
    void requestThatWaitsForAVectorSurvivesARestore() throws Exception {
        OperatorSubtaskState state;
        TestEmbedders.allow(0);
        try (Coordinator coordinator = fixture.start()) {
            coordinator.take(search("r-1", "one"));
            state = coordinator.subtask().checkpoint(1);
        }
        TestEmbedders.reset();
        try (Coordinator coordinator = fixture.start(1, 0, state)) {
            Fragment again = fragments(coordinator, 1).get(0);

            assertThat(again.attempt()).isEqualTo(2);
            assertThat(query(again)).isEqualTo(TestEmbedders.vector("one"));
        }
    }
}
