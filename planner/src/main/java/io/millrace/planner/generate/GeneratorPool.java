package io.millrace.planner.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.InferenceException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A plan generator on threads of its own, so that its callers never block. It is opened by the first thread that needs it,
 * again if that failed.
 *
 * <p>The queue has no bound: callers bound what they have under way.
 */
public final class GeneratorPool implements AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    private final Opener opener;
    private final ThreadPoolExecutor threads;
    private @Nullable PlanGenerator generator;
    private boolean closed;

    /** Opens a generator. */
    @FunctionalInterface
    public interface Opener {
        PlanGenerator open() throws InferenceException;
    }

    /** Is told, on a thread of the pool, what came of a task. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param plan null where there is none, for {@code failure}
         * @param nanos that the generator took
         */
        void done(@Nullable JsonNode plan, @Nullable MillraceException failure, long nanos);
    }

    /** A task under way. */
    public final class Call implements Runnable {
        private final PlanTask task;
        private final Listener listener;

        private Call(PlanTask task, Listener listener) {
            this.task = task;
            this.listener = listener;
        }

        @Override
        public void run() {
            long start = System.nanoTime();
            JsonNode plan = null;
            MillraceException failure = null;
            try {
                plan = opened().generate(task);
            } catch (MillraceException e) {
                failure = e;
            } catch (InferenceException e) {
                failure = unavailable(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = unavailable("the plan generator was closed meanwhile");
            } catch (RuntimeException | LinkageError e) {
                failure = unavailable("the plan generator failed: " + e);
            }
            listener.done(plan, failure, System.nanoTime() - start);
        }

        /** Takes the task back if it has not begun; then nobody is told. */
        public boolean forget() {
            return threads.remove(this);
        }
    }

    public GeneratorPool(Opener opener, int threadCount) {
        this.opener = opener;
        threads = new ThreadPoolExecutor(
                threadCount, threadCount, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Returns a pool over the generator that the settings name; what is wrong with them is told by each call. */
    public static GeneratorPool of(PlanGeneratorSettings settings, ClassLoader loader) {
        return new GeneratorPool(() -> PlanGenerators.find(settings, loader).open(settings), settings.threads());
    }

    private static ThreadFactory factory() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "millrace-plan-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Has a plan made; the listener hears of it once, unless the pool is closed before it begins. */
    public Call generate(PlanTask task, Listener listener) {
        Call call = new Call(task, listener);
        try {
            threads.execute(call);
        } catch (RejectedExecutionException e) {
            listener.done(null, unavailable("the plan generator is closed"), 0);
        }
        return call;
    }

    private synchronized PlanGenerator opened() throws InferenceException {
        if (closed) {
            throw new InferenceException(InferenceException.Kind.UNAVAILABLE, "the plan generator is closed");
        }
        PlanGenerator open = generator;
        if (open == null) {
            open = opener.open();
            generator = open;
        }
        return open;
    }

    private static MillraceException unavailable(@Nullable String reason) {
        return new MillraceException(
                Problem.at(ErrorCode.UNAVAILABLE, "$.question", "no plan could be generated: " + reason)
                        .withHint("ask again later, or send the question together with a plan"));
    }

    /** Ends what is under way and closes the generator. */
    @Override
    public void close() {
        threads.shutdownNow();
        synchronized (this) {
            closed = true;
            if (generator != null) {
                generator.close();
            }
        }
    }
}
