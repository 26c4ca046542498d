package io.millrace.operators.query;

import static io.millrace.operators.query.ShardsFixture.fetch;
import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.controlRecord;
import static io.millrace.operators.support.Examples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.fragment.Fragment;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.junit.jupiter.api.Test;

/** Head and tail in one JVM, as co-location puts them. */
class FragmentLoopTest {
    private final JobID job = new JobID();

    private static MockEnvironment environment(JobID job, int index) {
        return new MockEnvironmentBuilder()
                .setTaskName("loop")
                .setJobID(job)
                .setParallelism(2)
                .setMaxParallelism(Subtask.MAX_PARALLELISM)
                .setSubtaskIndex(index)
                .setManagedMemorySize(1 << 20)
                .build();
    }

    private static Subtask<SourceRecord, Void, LoopMessage> head(JobID job, int index) throws Exception {
        return new Subtask<SourceRecord, Void, LoopMessage>(
                        new FragmentLoop.HeadFactory(), MillraceTypes.LOOP_MESSAGE, environment(job, index))
                .start(null);
    }

    private static Subtask<LoopMessage, Void, LoopMessage> tail(JobID job, int index) throws Exception {
        return new Subtask<LoopMessage, Void, LoopMessage>(
                        SimpleOperatorFactory.of(new FragmentLoop.Tail()),
                        MillraceTypes.LOOP_MESSAGE,
                        environment(job, index))
                .start(null);
    }

    private static LoopMessage ask(int number) {
        return new LoopMessage.Ask(new Fragment("r-" + number, 1, 0, 0, 0, NOW_MS, OffsetToken.NONE, fetch("ada")));
    }

    private static List<String> requests(List<LoopMessage> messages) {
        return messages.stream()
                .map(message -> ((LoopMessage.Ask) message).fragment().requestId())
                .toList();
    }

    @Test
    void controlRecordsComeOutAtOnceAndInOrder() throws Exception {
        try (var head = head(job, 0)) {
            head.first(controlRecord(4, utf8("a")));
            head.first(new SourceRecord("millrace.control", 0, 5, NOW_MS, null, null, Map.of()));

            assertThat(head.take())
                    .usingRecursiveFieldByFieldElementComparator()
                    .containsExactly(new LoopMessage.Control(4, utf8("a")), new LoopMessage.Control(5, new byte[0]));
        }
    }

    @Test
    void whatTheTailGetsComesOutOfTheHeadInOrder() throws Exception {
        try (var head = head(job, 0);
                var tail = tail(job, 0)) {
            for (int i = 0; i < 200; i++) {
                tail.first(ask(i));
            }
            assertThat(head.take()).as("before the head's thread has a turn").isEmpty();
            head.runMails();

            assertThat(requests(head.take()))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 200).mapToObj(i -> "r-" + i).toList());
            assertThat(tail.take()).as("of the tail itself").isEmpty();
        }
    }

    @Test
    void manyFragmentsDoNotKeepControlRecordsOut() throws Exception {
        try (var head = head(job, 0);
                var tail = tail(job, 0)) {
            for (int i = 0; i < 200; i++) {
                tail.first(ask(i));
            }
            head.runMail();
            head.runMail();
            int early = head.take().size();

            assertThat(early).isPositive().isLessThan(200);
            head.runMails();
            assertThat(head.take()).hasSize(200 - early);
        }
    }

    @Test
    void fragmentsThatCameBeforeTheHeadWasOpenAreNotLost() throws Exception {
        try (var tail = tail(job, 0)) {
            tail.first(ask(1));
            try (var head = head(job, 0)) {
                head.runMails();
                assertThat(requests(head.take())).containsExactly("r-1");
            }
        }
    }

    @Test
    void otherSubtasksAndOtherJobsHearNothing() throws Exception {
        try (var head = head(job, 0);
                var neighbour = head(job, 1);
                var stranger = head(new JobID(), 0);
                var tail = tail(job, 0)) {
            tail.first(ask(1));
            neighbour.runMails();
            stranger.runMails();
            head.runMails();

            assertThat(neighbour.take()).isEmpty();
            assertThat(stranger.take()).isEmpty();
            assertThat(head.take()).hasSize(1);
        }
    }

    @Test
    void nothingComesOutOfAHeadThatWasClosed() throws Exception {
        var head = head(job, 0);
        try (var tail = tail(job, 0)) {
            tail.first(ask(1));
            head.close();
            tail.first(ask(2));
            head.runMails();

            assertThat(head.take()).isEmpty();
        }
    }

    /** What was in the queue belongs to coordinators that are gone, and which ask again. */
    @Test
    void nextAttemptDoesNotGetWhatTheLastOneLeft() throws Exception {
        try (var head = head(job, 0);
                var tail = tail(job, 0)) {
            tail.first(ask(1));
            assertThat(head.take()).isEmpty();
        }
        try (var head = head(job, 0);
                var tail = tail(job, 0)) {
            tail.first(ask(2));
            head.runMails();

            assertThat(requests(head.take())).containsExactly("r-2");
        }
    }

    @Test
    void headIsNeverChainedToItsInput() {
        assertThat(new FragmentLoop.HeadFactory().getChainingStrategy()).isEqualTo(ChainingStrategy.HEAD);
    }
}
