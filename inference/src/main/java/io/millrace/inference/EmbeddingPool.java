package io.millrace.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An embedder on threads of its own, so that its callers never block. It is opened by the first thread that needs it, again
 * if that failed. What it gives is checked: as many vectors as texts, all of one dimension, all numbers finite.
 *
 * <p>The queue has no bound: callers bound what they have under way.
 */
public final class EmbeddingPool implements AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    private final Opener opener;
    private final ThreadPoolExecutor threads;
    private final AtomicInteger dimension = new AtomicInteger(-1);
    private @Nullable Embedder embedder;
    private boolean closed;

    /** Opens an embedder, which may take long. */
    @FunctionalInterface
    public interface Opener {
        Embedder open() throws InferenceException;
    }

    public EmbeddingPool(Opener opener, int threadCount) {
        this.opener = opener;
        threads = new ThreadPoolExecutor(
                threadCount, threadCount, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Returns a pool over the embedder that the settings name; what is wrong with them is told by each call. */
    public static EmbeddingPool of(EmbedderSettings settings, ClassLoader loader) {
        return new EmbeddingPool(() -> Embedders.find(settings, loader).open(settings), settings.threads());
    }

    private static ThreadFactory factory() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "millrace-embed-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Returns a vector for each text, in their order; failed with an {@link InferenceException} if any has none. */
    public CompletableFuture<List<float[]>> embed(List<String> texts) {
        CompletableFuture<List<float[]>> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> run(texts, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new InferenceException(InferenceException.Kind.UNAVAILABLE, "the embedder is closed", e));
        }
        return answer;
    }

    private void run(List<String> texts, CompletableFuture<List<float[]>> answer) {
        try {
            List<float[]> vectors = opened().embed(texts);
            check(texts.size(), vectors);
            answer.complete(vectors);
        } catch (InferenceException e) {
            answer.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(new InferenceException(
                    InferenceException.Kind.UNAVAILABLE, "the embedder was closed meanwhile", e));
        } catch (RuntimeException | LinkageError e) {
            // A model in process fails in ways of its own, a native library that is missing among them.
            answer.completeExceptionally(
                    new InferenceException(InferenceException.Kind.UNAVAILABLE, "the embedder failed: " + e, e));
        }
    }

    private synchronized Embedder opened() throws InferenceException {
        if (closed) {
            throw new InferenceException(InferenceException.Kind.UNAVAILABLE, "the embedder is closed");
        }
        Embedder open = embedder;
        if (open == null) {
            open = opener.open();
            embedder = open;
        }
        return open;
    }

    private void check(int texts, List<float[]> vectors) throws InferenceException {
        if (vectors.size() != texts) {
            throw malformed("the embedder gave " + vectors.size() + " vectors for " + texts + " texts");
        }
        for (float[] vector : vectors) {
            int first = dimension.compareAndExchange(-1, vector.length);
            if (vector.length == 0 || (first != -1 && first != vector.length)) {
                throw malformed("the embedder gave a vector of " + vector.length + " dimensions, before of " + first);
            }
            for (int i = 0; i < vector.length; i++) {
                if (!Float.isFinite(vector[i])) {
                    throw malformed("the embedder gave a vector whose component " + i + " is no finite number");
                }
            }
        }
    }

    private static InferenceException malformed(String message) {
        return new InferenceException(InferenceException.Kind.MALFORMED, message);
    }

    /** Ends what is under way and closes the embedder. */
    @Override
    public void close() {
        threads.shutdownNow();
        synchronized (this) {
            closed = true;
            if (embedder != null) {
                embedder.close();
            }
        }
    }
}
