package io.millrace.operators.query;

import io.millrace.index.shard.EmbeddingBatch;
import io.millrace.index.shard.TextEmbedder;
import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.EmbeddingPool;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Embeds the texts of rows on threads of its own; answers come in by the mailbox. */
final class RowTexts implements TextEmbedder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RowTexts.class);
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final EmbedderSettings settings;
    private final EmbeddingPool pool;
    private final MailboxExecutor mailbox;
    private final Listener listener;
    private final Counter failures;
    private final Counter millis;
    private boolean warned;
    private long warnedNanos;

    /** Is told what became of a batch, on the thread of the mailbox. */
    interface Listener {
        /** @param vectors null where there are none */
        void embedded(EmbeddingBatch batch, @Nullable List<float[]> vectors);
    }

    RowTexts(
            EmbedderSettings settings,
            ClassLoader loader,
            MailboxExecutor mailbox,
            MetricGroup metrics,
            Listener listener) {
        this.settings = settings;
        this.mailbox = mailbox;
        this.listener = listener;
        pool = EmbeddingPool.of(settings, loader);
        failures = metrics.counter("embedFailures");
        millis = metrics.counter("embedMillis");
    }

    @Override
    public boolean available() {
        return !settings.isNone();
    }

    @Override
    public int batchMax() {
        return settings.batch();
    }

    @Override
    public int charsMax() {
        return settings.textCharsMax();
    }

    @Override
    public void embed(EmbeddingBatch batch) {
        long startNanos = System.nanoTime();
        pool.embed(batch.strings()).whenComplete((vectors, failure) -> {
            try {
                mailbox.execute(() -> answer(batch, vectors, failure, startNanos), "vectors of rows");
            } catch (RejectedExecutionException e) {
                LOG.debug("The task ends: rows that wait to be embedded are in state", e);
            }
        });
    }

    private void answer(
            EmbeddingBatch batch, @Nullable List<float[]> vectors, @Nullable Throwable failure, long startNanos) {
        long nowNanos = System.nanoTime();
        millis.inc(TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos));
        if (failure != null) {
            failures.inc();
            warn(batch, failure, nowNanos);
        }
        listener.embedded(batch, failure == null ? vectors : null);
    }

    /** Once a minute at most: an embedder that is down fails every batch. */
    private void warn(EmbeddingBatch batch, Throwable failure, long nowNanos) {
        if (!warned || nowNanos - warnedNanos > WARN_NANOS) {
            warned = true;
            warnedNanos = nowNanos;
            LOG.warn(
                    "{} texts of rows of shard {} cannot be embedded, they wait and are tried again: {}",
                    batch.texts().size(),
                    batch.shard(),
                    failure.getMessage());
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
