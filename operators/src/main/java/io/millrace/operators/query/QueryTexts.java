package io.millrace.operators.query;

import io.millrace.inference.EmbeddingPool;
import io.millrace.inference.InferenceException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vectors of the texts that requests of one coordinator search for: the last ones are remembered, and a text that is
 * under way is not asked for again. Used by the thread of the mailbox, where answers come in too.
 */
final class QueryTexts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueryTexts.class);

    /** At 384 dimensions and texts of a line about 2 MB. */
    static final int REMEMBERED_MAX = 1_024;

    /** Texts under way, beyond which requests are told to come back. */
    static final int WAITING_MAX = 1_024;

    private final EmbeddingPool pool;
    private final MailboxExecutor mailbox;
    private final Listener listener;
    private final Map<String, float[]> remembered = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Set<String>> waiting = new LinkedHashMap<>();

    /** Is told what became of a text that was asked for. */
    interface Listener {
        /** @param vector null where there is none, for {@code problem} */
        void embedded(String requestId, String text, float @Nullable [] vector, @Nullable Problem problem)
                throws Exception;
    }

    QueryTexts(EmbeddingPool pool, MailboxExecutor mailbox, Listener listener) {
        this.pool = pool;
        this.mailbox = mailbox;
        this.listener = listener;
    }

    /** Returns the vector if it is known; else the listener hears of it for this request. */
    float @Nullable [] find(String requestId, String text) {
        float[] known = remembered.get(text);
        if (known == null) {
            ask(requestId, text);
        }
        return known;
    }

    private void ask(String requestId, String text) {
        Set<String> others = waiting.get(text);
        if (others != null) {
            others.add(requestId);
        } else if (waiting.size() >= WAITING_MAX) {
            Problem full = Problem.of(
                    ErrorCode.OVERLOADED, "the embedder has " + WAITING_MAX + " texts of this coordinator to embed");
            mail(() -> listener.embedded(requestId, text, null, full.withHint("ask again later")));
        } else {
            waiting.put(text, new TreeSet<>(List.of(requestId)));
            pool.embed(List.of(text))
                    .whenComplete((vectors, failure) ->
                            mail(() -> answer(text, failure == null ? vectors.get(0) : null, failure)));
        }
    }

    private void mail(ThrowingRun run) {
        try {
            mailbox.execute(run::run, "vector of a text");
        } catch (RejectedExecutionException e) {
            LOG.debug("The task ends: who waits for a vector is started again", e);
        }
    }

    /** Does something on the thread of the mailbox. */
    private interface ThrowingRun {
        void run() throws Exception;
    }

    private void answer(String text, float @Nullable [] vector, @Nullable Throwable failure) throws Exception {
        Set<String> requestIds = waiting.remove(text);
        if (vector != null) {
            remember(text, vector);
        }
        Problem problem = failure == null ? null : problem(failure);
        for (String requestId : requestIds == null ? new ArrayList<String>() : requestIds) {
            listener.embedded(requestId, text, vector, problem);
        }
    }

    private void remember(String text, float[] vector) {
        remembered.put(text, vector);
        if (remembered.size() > REMEMBERED_MAX) {
            remembered.remove(remembered.keySet().iterator().next());
        }
    }

    private static Problem problem(Throwable failure) {
        String message = failure instanceof InferenceException ? failure.getMessage() : failure.toString();
        return Problem.of(ErrorCode.UNAVAILABLE, "the text cannot be embedded: " + message);
    }

    int waiting() {
        return waiting.size();
    }

    @Override
    public void close() {
        pool.close();
    }
}
