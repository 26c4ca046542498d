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
}
