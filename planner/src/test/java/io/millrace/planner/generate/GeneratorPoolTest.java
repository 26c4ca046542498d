package io.millrace.planner.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.inference.InferenceException;
import io.millrace.planner.Samples;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GeneratorPoolTest {
    private static final JsonNode PLAN = JsonNodeFactory.instance.objectNode().put("plan_id", "p");

    /** Makes plans by a function that may throw. */
    private interface Making extends PlanGenerator {
        @Override
        default String name() {
            return "test";
        }
    }

    private static PlanTask task(String text) {
        return new PlanTask(new Question(text, ""), Map.of(), 0, Samples.catalog(), false, plan -> List.of());
    }

    /** Returns the plan, or the first problem. */
    private static CompletableFuture<Object> ask(GeneratorPool pool) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        pool.generate(
                task("q"),
                (plan, failure, nanos) ->
                        answer.complete(plan != null ? plan : failure.problems().get(0)));
        return answer;
    }

    private static Object get(CompletableFuture<Object> answer) throws Exception {
        return answer.get(2, TimeUnit.MINUTES);
    }

    @Test
    void generatorThatCannotBeOpenedIsOpenedAgainForTheNextQuestion() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        GeneratorPool.Opener opener = () -> {
            if (opened.incrementAndGet() == 1) {
                throw new InferenceException(InferenceException.Kind.NOT_CONFIGURED, "no model is named");
            }
            return (Making) task -> PLAN;
        };
        try (GeneratorPool pool = new GeneratorPool(opener, 2)) {
            Problem problem = (Problem) get(ask(pool));
            assertThat(problem.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(problem.message()).endsWith("no model is named");

            assertThat(get(ask(pool))).isEqualTo(PLAN);
            assertThat(get(ask(pool))).isEqualTo(PLAN);
            assertThat(opened).hasValue(2);
        }
    }

    @Test
    void generatorThatThrowsWhateverIsUnavailable() throws Exception {
        try (GeneratorPool pool = new GeneratorPool(
                () -> (Making) task -> {
                    throw new IllegalStateException("broken");
                },
                1)) {
            assertThat(((Problem) get(ask(pool))).message()).contains("broken");
        }
    }

    @Test
    void taskThatHasNotBegunIsForgottenAndOneThatHasIsNot() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger made = new AtomicInteger();
        GeneratorPool.Opener opener = () -> (Making) task -> {
            begun.countDown();
            goOn.await();
            made.incrementAndGet();
            return PLAN;
        };
        try (GeneratorPool pool = new GeneratorPool(opener, 1)) {
            CompletableFuture<Object> first = new CompletableFuture<>();
            GeneratorPool.Call running = pool.generate(task("1"), (plan, failure, nanos) -> first.complete(plan));
            begun.await();
            GeneratorPool.Call queued =
                    pool.generate(task("2"), (plan, failure, nanos) -> first.completeExceptionally(new Error()));

            assertThat(running.forget()).isFalse();
            assertThat(queued.forget()).isTrue();
            goOn.countDown();
            assertThat(get(first)).isEqualTo(PLAN);
            assertThat(get(ask(pool))).isEqualTo(PLAN);
            assertThat(made).hasValue(2);
        }
    }

    @Test
    void closingEndsWhatIsUnderWayAndClosesTheGenerator() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Object> closed = new CompletableFuture<>();
        GeneratorPool pool = new GeneratorPool(
                () -> new Making() {
                    @Override
                    public JsonNode generate(PlanTask task) throws InterruptedException {
                        begun.countDown();
                        new CountDownLatch(1).await();
                        return PLAN;
                    }

                    @Override
                    public void close() {
                        closed.complete("closed");
                    }
                },
                1);
        CompletableFuture<Object> answer = ask(pool);
        begun.await();

        pool.close();

        assertThat(((Problem) get(answer)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(get(closed)).isEqualTo("closed");
        assertThat(((Problem) get(ask(pool))).message()).contains("closed");
    }

    @Test
    void factoriesAreFoundByWordAndByClass() throws Exception {
        ClassLoader loader = getClass().getClassLoader();
        for (String name : List.of("openai", OpenAiPlanGeneratorFactory.class.getName())) {
            assertThat(PlanGenerators.find(PlanGeneratorSettings.of(name), loader))
                    .isInstanceOf(OpenAiPlanGeneratorFactory.class);
        }
        assertThatThrownBy(() -> PlanGenerators.find(PlanGeneratorSettings.of("oracle"), loader))
                .hasMessageContaining("\"oracle\"")
                .hasMessageContaining("openai");
    }
}
