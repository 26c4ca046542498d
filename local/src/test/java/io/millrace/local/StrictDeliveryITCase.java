package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.local.support.TestStack;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code millrace.delivery = strict}: whoever reads committed records sees each answer once, after a checkpoint. */
class StrictDeliveryITCase {
    private static final String READ_COMMITTED = "read_committed";

    private static List<String> committed(TestStack stack) {
        return stack.readTopic("millrace.responses", READ_COMMITTED).stream()
                .map(entry -> new String(entry.key(), StandardCharsets.UTF_8))
                .sorted()
                .toList();
    }

    private static List<CompletableFuture<Answer>> ask(TestStack stack, int from, int to) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            answers.add(stack.client()
                    .request(RequestBuilder.statement("SHOW COLLECTIONS")
                            .id(id(i))
                            .timeout(TestStack.PATIENCE)
                            .build()));
        }
        return answers;
    }

    private static long checkpoints(TestStack stack) {
        return stack.stack().flink().checkpoints().getCounts().getTotalNumberOfCheckpoints();
    }

    private static String id(int i) {
        return String.format("strict-%03d", i);
    }

    private static List<String> ids(int to) {
        return IntStream.range(0, to).mapToObj(StrictDeliveryITCase::id).toList();
    }

    @Test
    void answersAreCommittedByTheNextCheckpointAndNotBefore() {
        // Flink starts the timer of checkpoints once more when all tasks run, and then waits for the pause alone.
        Map<String, String> options = Map.of(
                "millrace.delivery", "strict",
                "execution.checkpointing.interval", "365 d",
                "execution.checkpointing.min-pause", "365 d");
        try (TestStack stack = TestStack.start(2, 1, options)) {
            ask(stack, 0, 20).forEach(answer -> TestStack.good(answer.join()));
            assertThat(committed(stack)).isEmpty();
            assertThat(checkpoints(stack)).isZero();

            Path savepoint = stack.stack().stopJob();
            assertThat(committed(stack)).isEqualTo(ids(20));

            stack.stack().startJob(savepoint, 2);
            ask(stack, 20, 40).forEach(answer -> TestStack.good(answer.join()));
            assertThat(committed(stack)).isEqualTo(ids(20));
            assertThat(checkpoints(stack)).isZero();
            stack.stack().stopJob();
            assertThat(committed(stack)).isEqualTo(ids(40));
        }
    }

    @Test
    void everyAnswerIsCommittedOnceAlsoAfterTheTasksWereKilled() {
        Map<String, String> options = Map.of("millrace.delivery", "strict", "execution.checkpointing.interval", "1 s");
        try (TestStack stack = TestStack.start(2, 2, options)) {
            ask(stack, 0, 30);
            TestStack.await().until(() -> !committed(stack).isEmpty());
            ask(stack, 30, 60);
            stack.stack().flink().failOver();
            ask(stack, 60, 90);

            TestStack.await().until(() -> committed(stack).containsAll(ids(90)));
            stack.stack().stopJob();
            assertThat(committed(stack)).isEqualTo(ids(90));
        }
    }
}
