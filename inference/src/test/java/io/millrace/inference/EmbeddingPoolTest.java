package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.InferenceException.Kind;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EmbeddingPoolTest {
    private static final List<String> TEXTS = List.of("one", "two");

    private static List<float[]> get(CompletableFuture<List<float[]>> answer) throws Exception {
        return answer.get(2, TimeUnit.MINUTES);
    }

    private static Kind kind(CompletableFuture<List<float[]>> answer) {
        InferenceException failure = answer.handle((vectors, e) -> (InferenceException) e)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        return failure.kind();
    }

    /** Gives the same vectors, whatever it is asked. */
    private record Fixed(List<float[]> vectors) implements Embedder {
        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public int dimension() {
            return -1;
        }

        @Override
        public List<float[]> embed(List<String> texts) {
            return vectors;
        }
    }

    @Test
    void embedderIsOpenedByTheFirstThatNeedsItAndNotByTheCaller() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        String caller = Thread.currentThread().getName();
        AtomicBoolean byCaller = new AtomicBoolean();
        try (EmbeddingPool pool = new EmbeddingPool(
                () -> {
                    opened.incrementAndGet();
                    byCaller.set(Thread.currentThread().getName().equals(caller));
                    return new HashingEmbedder(8);
                },
                2)) {
            assertThat(opened).hasValue(0);

            assertThat(get(pool.embed(TEXTS))).hasSize(2);
            assertThat(get(pool.embed(TEXTS))).hasSize(2);

            assertThat(opened).hasValue(1);
            assertThat(byCaller).isFalse();
        }
    }

    @Test
    void openingIsTriedAgain() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        try (EmbeddingPool pool = new EmbeddingPool(
                () -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new InferenceException(Kind.NOT_CONFIGURED, "no key");
                    }
                    return new HashingEmbedder(8);
                },
                1)) {
            assertThat(kind(pool.embed(TEXTS))).isEqualTo(Kind.NOT_CONFIGURED);
            assertThat(get(pool.embed(TEXTS))).hasSize(2);
        }
    }

    @Test
    void whatAnEmbedderGivesIsChecked() {
        for (List<float[]> wrong : List.of(
                List.of(new float[] {1}),
                List.of(new float[] {1}, new float[] {1, 2}),
                List.of(new float[0], new float[0]),
                List.of(new float[] {1}, new float[] {Float.NaN}),
                List.of(new float[] {1}, new float[] {Float.NEGATIVE_INFINITY}))) {
            try (EmbeddingPool pool = new EmbeddingPool(() -> new Fixed(wrong), 1)) {
                assertThat(kind(pool.embed(TEXTS))).isEqualTo(Kind.MALFORMED);
            }
        }
    }

    @Test
    void faultOfAnEmbedderFailsTheCallAndNotThePool() throws Exception {
        AtomicBoolean faulty = new AtomicBoolean(true);
        Embedder embedder = new Embedder() {
            @Override
            public String name() {
                return "faulty";
            }

            @Override
            public int dimension() {
                return 1;
            }

            @Override
            public List<float[]> embed(List<String> texts) {
                if (faulty.getAndSet(false)) {
                    throw new UnsatisfiedLinkError("no native library");
                }
                return List.of(new float[] {1}, new float[] {2});
            }
        };
        try (EmbeddingPool pool = new EmbeddingPool(() -> embedder, 1)) {
            assertThat(kind(pool.embed(TEXTS))).isEqualTo(Kind.UNAVAILABLE);
            assertThat(get(pool.embed(TEXTS))).hasSize(2);
        }
    }

    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Embedder stuck = new Embedder() {
            @Override
            public String name() {
                return "stuck";
            }

            @Override
            public int dimension() {
                return 1;
            }

            @Override
            public List<float[]> embed(List<String> texts) throws InterruptedException {
                begun.countDown();
                never.await();
                return List.of();
            }
        };
        EmbeddingPool pool = new EmbeddingPool(() -> stuck, 1);
        CompletableFuture<List<float[]>> answer = pool.embed(TEXTS);
        begun.await();

        pool.close();

        assertThat(kind(answer)).isEqualTo(Kind.UNAVAILABLE);
        assertThat(kind(pool.embed(TEXTS))).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void embedderIsFoundByItsWordOrItsClass() throws Exception {
        ClassLoader loader = EmbeddingPoolTest.class.getClassLoader();

        assertThat(Embedders.find(EmbedderSettings.of("openai"), loader)).isInstanceOf(OpenAiEmbedderFactory.class);
        assertThat(Embedders.find(EmbedderSettings.of(OpenAiEmbedderFactory.class.getName()), loader))
                .isInstanceOf(OpenAiEmbedderFactory.class);
        assertThatThrownBy(() -> Embedders.find(EmbedderSettings.of("openia"), loader))
                .hasMessageContaining("\"openia\"")
                .hasMessageContaining("openai");
        assertThat(Embedders.dimension(EmbedderSettings.NONE, loader)).isEqualTo(-1);
    }
}
