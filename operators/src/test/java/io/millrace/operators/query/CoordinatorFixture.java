package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.ShardOutput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;

/** Makes coordinators whose end offsets are fixed, and reads what they emit. */
record CoordinatorFixture(Path folder, QuerySettings settings, Map<String, Long> endOffsets) {
    CoordinatorFixture(Path folder) {
        this(folder, Examples.settings(), Map.of(Examples.EVENTS + "-0", 10L));
    }

    CoordinatorFixture with(QuerySettings other) {
        return new CoordinatorFixture(folder, other, endOffsets);
    }

    CoordinatorFixture with(Map<String, Long> other) {
        return new CoordinatorFixture(folder, settings, other);
    }

    private record Fixed(Map<String, Long> latest) implements EndOffsets {
        @Override
        public long ageMs() {
            return 0;
        }

        @Override
        public void close() {}
    }

    Coordinator start() throws Exception {
        return start(1, 0, null);
    }

    Coordinator start(int parallelism, int index, @Nullable OperatorSubtaskState state) throws Exception {
        Map<String, Long> ends = endOffsets;
        var subtask = new Subtask<CoordinatorInput, ShardOutput, OutgoingRecord>(
                        new CoordinatePlan.Factory(settings, () -> new Fixed(ends)),
                        MillraceTypes.OUTGOING_RECORD,
                        parallelism,
                        index)
                .keyed(CoordinatorInput::requestId, ShardOutput::requestId, Types.STRING, folder)
                .start(state);
        return new Coordinator(subtask);
    }

    /** A coordinator that runs. */
    record Coordinator(Subtask<CoordinatorInput, ShardOutput, OutgoingRecord> subtask) implements AutoCloseable {
        void take(PlannedRequest request) throws Exception {
            subtask.first(new CoordinatorInput.Planned(request));
        }

        void hear(ShardOutput output) throws Exception {
            subtask.second(output);
        }

        /** Returns the fragments that were emitted since the last time. */
        List<Fragment> fragments() {
            return subtask.take(CoordinatePlan.FRAGMENTS).stream()
                    .map(message -> ((LoopMessage.Ask) message).fragment())
                    .toList();
        }

        Fragment fragment() {
            List<Fragment> fragments = fragments();
            assertThat(fragments).hasSize(1);
            return fragments.get(0);
        }

        List<OutgoingRecord> records() {
            return subtask.take();
        }

        /** Returns the one answer that was emitted since the last time. */
        JsonNode answer() {
            List<OutgoingRecord> records = records();
            assertThat(records).hasSize(1);
            return Examples.answer(records.get(0));
        }

        /** Answers a fragment of the scan for every shard, with one row of the first. */
        void hearAll(Fragment fragment, Object... row) throws Exception {
            hear(Examples.rows(fragment, 0, row));
            for (int shard = 1; shard < Examples.SHARDS; shard++) {
                hear(Examples.rows(fragment, shard));
            }
        }

        void timeIs(long sinceStartMs) throws Exception {
            subtask.setProcessingTime(Examples.NOW_MS + sinceStartMs);
        }

        @Override
        public void close() throws Exception {
            subtask.close();
        }
    }

    static String code(JsonNode answer) {
        return answer.path("errors").path(0).path("code").asText();
    }
}
