package io.millrace.operators.support;

import io.millrace.inference.Embedder;
import io.millrace.inference.EmbedderFactory;
import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.HashingEmbedder;
import io.millrace.inference.InferenceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Makes an embedder by hashed words that answers as many calls as the test lets it, or none. */
public final class TestEmbedders implements EmbedderFactory {
    public static final int DIMENSION = 8;

    private static final Semaphore CALLS = new Semaphore(0);
    private static final List<String> ASKED = Collections.synchronizedList(new ArrayList<>());
    private static volatile boolean down;

    /** Begins anew: every call is answered. */
    public static void reset() {
        CALLS.drainPermits();
        CALLS.release(1_000_000);
        ASKED.clear();
        down = false;
    }

    /** Lets so many more calls be answered, and no other. */
    public static void allow(int calls) {
        CALLS.drainPermits();
        CALLS.release(calls);
    }

    public static void down(boolean isDown) {
        down = isDown;
    }

    /** Returns the texts that were asked for since {@link #reset}. */
    public static List<String> asked() {
        return List.copyOf(ASKED);
    }

    public static EmbedderSettings settings() {
        return EmbedderSettings.of("test");
    }

    public static float[] vector(String text) {
        return new HashingEmbedder(DIMENSION).vector(text);
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public int dimension(EmbedderSettings settings) {
        return DIMENSION;
    }

    @Override
    public Embedder open(EmbedderSettings settings) {
        HashingEmbedder words = new HashingEmbedder(DIMENSION);
        return new Embedder() {
            @Override
            public String name() {
                return "hashed words, when the test lets it";
            }

            @Override
            public int dimension() {
                return DIMENSION;
            }

            @Override
            public List<float[]> embed(List<String> texts) throws InferenceException, InterruptedException {
                ASKED.addAll(texts);
                CALLS.acquire();
                if (down) {
                    throw new InferenceException(InferenceException.Kind.UNAVAILABLE, "it is down");
                }
                return words.embed(texts);
            }
        };
    }
}
