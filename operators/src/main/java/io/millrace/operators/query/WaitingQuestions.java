package io.millrace.operators.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.types.WaitingRequest;
import io.millrace.planner.generate.GeneratorPool;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.planner.generate.PlanTask;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions whose plans are being made. A question is asked once for all requests that wait for it, on threads beside the
 * mailbox; what comes of it comes in through the mailbox, under the key of the question. What is asked is in no
 * checkpoint: after a restore every question for which a request waits is asked again.
 */
final class WaitingQuestions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingQuestions.class);

    /** Bytes of requests that wait, and of those in whose name a question is asked. */
    static final long BYTES_MAX = 64 << 20;

    private final WaitingRequests requests;
    private final Generation generation;
    private final MailboxExecutor mailbox;
    private final Planner planner;
    private final Map<String, Asked> asked = new HashMap<>();
    private final Counter generated;
    private final Counter failures;
    private final Counter millis;
    private long askedBytes;

    /**
     * How plans are made.
     *
     * @param pool null where no generator is configured
     * @param waitingMax requests that wait, and questions that are asked
     */
    record Generation(@Nullable GeneratorPool pool, int waitingMax) {
        /** @param loader knows the generators on the class path */
        static Generation of(PlanGeneratorSettings settings, ClassLoader loader) {
            return new Generation(settings.isNone() ? null : GeneratorPool.of(settings, loader), settings.waitingMax());
        }
    }

    /** What is done for the requests that wait. */
    interface Planner {
        /** Returns what a generator needs to know; null where the request cannot be read any more. */
        @Nullable PlanTask task(WaitingRequest request);

        /**
         * Answers requests, whose question has the current key, or sends them on their way.
         *
         * @param asker for whom the plan was made, perhaps one that does not wait any more
         * @param plan null where there is none
         * @param problems why there is none; empty where nobody was asked
         */
        void go(WaitingRequest asker, @Nullable JsonNode plan, List<Problem> problems, List<WaitingRequest> waiting)
                throws Exception;
    }

    /** A question under way. */
    private record Asked(WaitingRequest asker, GeneratorPool.Call call) {}

    WaitingQuestions(
            WaitingRequests requests,
            Generation generation,
            MailboxExecutor mailbox,
            Planner planner,
            MetricGroup metrics) {
        this.requests = requests;
        this.generation = generation;
        this.mailbox = mailbox;
        this.planner = planner;
        generated = metrics.counter("plansGenerated");
        failures = metrics.counter("planGenerationFailures");
        millis = metrics.counter("planGenerationMillis");
        metrics.gauge("questionsWaiting", requests::size);
    }

    /** Returns whether a question without a plan may wait for one. */
    boolean areTaken() {
        return generation.pool != null;
    }

    /** Lets a request wait, or returns why it cannot. One that waits already is not taken twice. */
    Optional<Problem> add(String requestId, WaitingRequest request) throws Exception {
        WaitingRequest same = requests.get(requestId);
        if (same != null) {
            return same.contentHash() == request.contentHash()
                    ? Optional.empty()
                    : Optional.of(Problem.of(
                                    ErrorCode.CONFLICT_REQUEST_ID,
                                    "another request with the id \"" + requestId + "\" is pending")
                            .withHint("give every request an id of its own"));
        }
        String key = requests.currentKey();
        Optional<Problem> full = full(request, !asked.containsKey(key));
        if (full.isPresent()) {
            return full;
        }
        requests.add(requestId, request);
        if (!asked.containsKey(key)) {
            ask(key, List.of(request));
        }
        return Optional.empty();
    }

    private Optional<Problem> full(WaitingRequest request, boolean isNew) {
        int most = generation.waitingMax;
        long bytes = requests.bytes() + askedBytes + request.value().length;
        if (requests.size() < most && (!isNew || asked.size() < most) && bytes <= BYTES_MAX) {
            return Optional.empty();
        }
        String message = requests.size() + " requests wait for plans of " + asked.size()
                + " questions at this planner, at most " + most + " of " + BYTES_MAX + " bytes are taken";
        return Optional.of(Problem.of(ErrorCode.OVERLOADED, message)
                .withHint("ask again later, or send the question together with a plan"));
    }

    /** Asks for a plan in the name of the first request that can be read; where none can, all go without. */
    private void ask(String key, List<WaitingRequest> waiting) throws Exception {
        for (WaitingRequest asker : waiting) {
            PlanTask task = generation.pool == null ? null : planner.task(asker);
            if (generation.pool != null && task != null) {
                GeneratorPool.Call call = generation.pool.generate(
                        task, (plan, failure, nanos) -> mail(() -> arrived(key, plan, failure, nanos)));
                asked.put(key, new Asked(asker, call));
                askedBytes += asker.value().length;
                return;
            }
        }
        planner.go(waiting.get(0), null, List.of(), requests.takeAll());
    }

    private void arrived(String key, @Nullable JsonNode plan, @Nullable MillraceException failure, long nanos)
            throws Exception {
        Asked done = removeAsked(key);
        (plan == null ? failures : generated).inc();
        millis.inc(TimeUnit.NANOSECONDS.toMillis(nanos));
        if (done != null) {
            requests.setCurrentKey(key);
            planner.go(done.asker, plan, failure == null ? List.of() : failure.problems(), requests.takeAll());
        }
    }

    /** Takes out the requests of the current key whose deadline has come. */
    List<WaitingRequest> takeExpired(long nowMs) throws Exception {
        List<WaitingRequest> expired = requests.takeExpired(nowMs);
        String key = requests.currentKey();
        Asked under = asked.get(key);
        // A call that has begun goes on: its plan is kept for who asks next.
        if (under != null && requests.isEmpty() && under.call.forget()) {
            removeAsked(key);
        }
        return expired;
    }

    private @Nullable Asked removeAsked(String key) {
        Asked done = asked.remove(key);
        if (done != null) {
            askedBytes -= done.asker.value().length;
        }
        return done;
    }

    /** Orders that the questions of a restored state are asked again, once the task runs. */
    void restart() {
        List<String> keys = requests.keys();
        if (!keys.isEmpty()) {
            mail(() -> askAgain(keys));
        }
    }

    private void askAgain(List<String> keys) throws Exception {
        for (String key : keys) {
            requests.setCurrentKey(key);
            if (!asked.containsKey(key) && !requests.isEmpty()) {
                ask(key, requests.all());
            }
        }
        LOG.info("Asked for plans of {} questions again after a restore", keys.size());
    }

    private void mail(ThrowingRun run) {
        try {
            mailbox.execute(run::run, "plan of a question");
        } catch (RejectedExecutionException e) {
            LOG.debug("The task ends: what waits is asked again", e);
        }
    }

    /** Does something on the thread of the mailbox. */
    private interface ThrowingRun {
        void run() throws Exception;
    }

    @Override
    public void close() {
        if (generation.pool != null) {
            generation.pool.close();
        }
    }
}
