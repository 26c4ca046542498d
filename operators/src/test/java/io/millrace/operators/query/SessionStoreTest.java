package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Step.VectorSearch;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionStoreTest {
    private static final String SEARCH = "SELECT id FROM people ORDER BY l2_distance(v, [1, 2, 3]) LIMIT 1";

    @TempDir
    private Path folder = Path.of("");

    private Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner(
            int parallelism, int index, @Nullable OperatorSubtaskState state) throws Exception {
        return new Subtask<IncomingRequest, SourceRecord, CoordinatorInput>(
                        new PlanRequest.Factory(Examples.settings(), Examples.full()),
                        MillraceTypes.COORDINATOR_INPUT,
                        parallelism,
                        index)
                .keyed(IncomingRequest::planningKey, null, Types.STRING, folder)
                .start(state);
    }

    private static PlannedRequest ask(
            Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner, String statement, String session)
            throws Exception {
        byte[] value = request("r", "'statement': '" + statement + "', 'session_id': '" + session + "'");
        planner.first(new IncomingRequest("s:" + session, "default", Examples.ORIGIN, value, List.of()));
        return ((CoordinatorInput.Planned) planner.take().get(0)).request();
    }

    /** Returns the beam that a search of the session goes by. */
    private static int efSearch(Subtask<IncomingRequest, SourceRecord, CoordinatorInput> planner, String session)
            throws Exception {
        PlannedRequest.Run run =
                (PlannedRequest.Run) ask(planner, SEARCH, session).outcome();
        return ((VectorSearch) run.plan().steps().get(0)).search().efSearch();
    }

    @Test
    void settingsHoldForTheirSessionAlone() throws Exception {
        try (var planner = planner(1, 0, null)) {
            int otherwise = efSearch(planner, "a");
            ask(planner, "SET vector.ef_search = 77", "a");
            assertThat(efSearch(planner, "a")).isEqualTo(77);
            assertThat(efSearch(planner, "b")).isEqualTo(otherwise);

            ask(planner, "SET vector.ef_search = 10001", "a");
            assertThat(efSearch(planner, "a")).isEqualTo(77);
            ask(planner, "SET vector.ef_search = DEFAULT", "a");
            assertThat(efSearch(planner, "a")).isEqualTo(otherwise);
        }
    }

    @Test
    void settingsSurviveARestoreAndGoWhereTheirSessionsGo() throws Exception {
        OperatorSubtaskState state;
        try (var planner = planner(1, 0, null)) {
            for (String session : new String[] {"a", "b", "c", "d"}) {
                ask(planner, "SET vector.ef_search = 77", session);
            }
            state = planner.checkpoint(1);
        }
        try (var planner = planner(1, 0, state)) {
            assertThat(efSearch(planner, "a")).isEqualTo(77);
        }
        int found = 0;
        for (int index = 0; index < 2; index++) {
            try (var planner = planner(2, index, Subtask.rescaled(1, 2, index, state))) {
                for (String session : new String[] {"a", "b", "c", "d"}) {
                    if (Subtask.ownerOf("s:" + session, 2) == index) {
                        assertThat(efSearch(planner, session)).isEqualTo(77);
                        found++;
                    }
                }
            }
        }
        assertThat(found).isEqualTo(4);
    }

    @Test
    void settingsHoldForTheirTimeFromTheLastSet() throws Exception {
        long ttlMs = Examples.SESSIONS.ttlMs();
        try (var planner = planner(1, 0, null)) {
            int otherwise = efSearch(planner, "a");
            ask(planner, "SET vector.ef_search = 77", "a");
            planner.setProcessingTime(Examples.NOW_MS + ttlMs - 1);
            assertThat(efSearch(planner, "a")).isEqualTo(77);
            ask(planner, "SET hybrid.strategy = auto", "a");

            planner.setProcessingTime(Examples.NOW_MS + 2 * ttlMs - 2);
            assertThat(efSearch(planner, "a")).isEqualTo(77);
            planner.setProcessingTime(Examples.NOW_MS + 2 * ttlMs - 1);
            assertThat(efSearch(planner, "a")).isEqualTo(otherwise);

            ask(planner, "SET vector.ef_search = 78", "a");
            assertThat(efSearch(planner, "a")).isEqualTo(78);
        }
    }

    @Test
    void sessionThatWasNotUsedForLongestGoes() throws Exception {
        try (var planner = planner(1, 0, null)) {
            int otherwise = efSearch(planner, "b");
            for (String session : new String[] {"a", "b", "c", "d", "e", "f"}) {
                ask(planner, "SET vector.ef_search = 77", session);
            }
            efSearch(planner, "a");
            efSearch(planner, "without settings");
            ask(planner, "SET vector.ef_search = 77", "g");

            assertThat(efSearch(planner, "b")).isEqualTo(otherwise);
            for (String session : new String[] {"a", "c", "d", "e", "f", "g"}) {
                assertThat(efSearch(planner, session)).as(session).isEqualTo(77);
            }
        }
    }

    /** Its share of those of the job: three of six. */
    @Test
    void plannerThatTakesInMoreSessionsThanItsShareKeepsThoseStoredLast() throws Exception {
        List<String> sessions = IntStream.range(0, 100)
                .mapToObj(i -> "session " + i)
                .filter(session -> Subtask.ownerOf("s:" + session, 2) == 0)
                .limit(4)
                .toList();
        OperatorSubtaskState state;
        int otherwise;
        try (var planner = planner(1, 0, null)) {
            otherwise = efSearch(planner, "a");
            for (int i = 0; i < 4; i++) {
                planner.setProcessingTime(Examples.NOW_MS + i);
                ask(planner, "SET vector.ef_search = 77", sessions.get(i));
            }
            efSearch(planner, sessions.get(0));
            state = planner.checkpoint(1);
        }
        try (var planner = planner(2, 0, Subtask.rescaled(1, 2, 0, state))) {
            assertThat(efSearch(planner, sessions.get(0))).isEqualTo(otherwise);
            for (String session : sessions.subList(1, 4)) {
                assertThat(efSearch(planner, session)).isEqualTo(77);
            }
        }
    }
}
