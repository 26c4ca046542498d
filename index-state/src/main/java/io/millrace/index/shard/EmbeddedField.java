package io.millrace.index.shard;

import com.dynatrace.hash4j.hashing.Hashing;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RowDraft;
import io.millrace.index.document.TextSource;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.protocol.OffsetToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One VECTOR field of one shard whose vectors are made of a text. After every change a row with a text has a vector or waits
 * for one, unless that change was a patch that took the vector away.
 */
final class EmbeddedField {
    private static final int BATCHES_UNDER_WAY_MAX = 2;
    private static final int FILL_STEP = 128;
    private static final long BACKOFF_MS = 1_000;
    private static final long BACKOFF_MS_MAX = 60_000;

    private final int shard;
    private final long indexId;
    private final EmbeddingQueue queue;
    private TextSource source;
    private @Nullable Cursor fill;
    private int batchesUnderWay;

    /** Halved by a failure, so that a text that is refused ends up alone, and doubled by a success. */
    private int batchMax = Integer.MAX_VALUE;

    private long backoffMs;
    private long nextTryMs = Long.MIN_VALUE;

    /** @param fill the rows of before the index, which are to be looked through; null for none */
    EmbeddedField(int shard, long indexId, EmbeddingQueue queue, TextSource source, @Nullable Cursor fill) {
        this.shard = shard;
        this.indexId = indexId;
        this.queue = queue;
        this.source = source;
        this.fill = fill;
    }

    long indexId() {
        return indexId;
    }

    EmbeddingQueue queue() {
        return queue;
    }

    TextSource source() {
        return source;
    }

    void bind(TextSource newSource) {
        source = newSource;
    }

    boolean isFilled() {
        return fill == null;
    }

    private static long hash(String text) {
        return Hashing.xxh3_64().hashBytesToLong(Bytes.utf8(text));
    }

    /**
     * Looks at a change before it is applied: a row that gets another text loses its vector and waits; one that keeps its
     * text keeps its vector.
     */
    void beforeChange(
            DocumentStore documents, String key, RowDraft draft, boolean whole, String partition, long offset) {
        int vector = source.vector();
        if (draft.vector(vector) != null) {
            queue.remove(key);
            return;
        }
        byte[] old = documents.row(source.collection(), Bytes.utf8(key));
        if (old != null) {
            source.read(Bytes.utf8(key), old);
        }
        String before = old == null ? null : source.text();
        String now = source.decides(draft, whole) ? source.text(draft, key) : before;
        boolean hadVector = old != null && source.hasVector();
        boolean same = Objects.equals(before, now);
        if (now == null || (same && !whole && draft.named(vector))) {
            queue.remove(key);
            if (!same) {
                draft.dropVector(vector);
            }
        } else if (!same || !hadVector) {
            queue.add(key, hash(now), partition, offset);
            draft.dropVector(vector);
        } else if (whole) {
            float[] kept = source.vector(documents, key);
            if (kept != null) {
                draft.keepVector(vector, kept);
            }
        }
    }

    /** Returns when {@link #step} has something to do: long ago for at once, never for nothing. */
    long nextDueMs(TextEmbedder embedder) {
        if (fill != null || queue.needsRefill()) {
            return Long.MIN_VALUE;
        }
        boolean sends = embedder.available() && batchesUnderWay < BATCHES_UNDER_WAY_MAX && queue.hasNext();
        return sends ? nextTryMs : Long.MAX_VALUE;
    }

    /** Looks through some rows, or sends a batch. */
    void step(DocumentStore documents, TextEmbedder embedder, long nowMs) {
        if (fill != null) {
            fillSome(fill);
        } else if (queue.needsRefill()) {
            queue.refill();
        } else if (nextDueMs(embedder) <= nowMs) {
            send(documents, embedder);
        }
    }

    private void fillSome(Cursor rows) {
        for (int i = 0; i < FILL_STEP; i++) {
            if (!rows.next()) {
                fill = null;
                return;
            }
            source.read(rows.key(), rows.value());
            String text = source.hasVector() ? null : source.text();
            if (text != null) {
                queue.addOld(source.key(), hash(text));
            }
        }
    }

    private void send(DocumentStore documents, TextEmbedder embedder) {
        batchMax = Math.min(batchMax, embedder.batchMax());
        List<EmbeddingBatch.Text> texts = new ArrayList<>();
        for (String key : queue.take(batchMax)) {
            byte[] row = documents.row(source.collection(), Bytes.utf8(key));
            if (row != null) {
                source.read(Bytes.utf8(key), row);
            }
            String text = row == null ? null : source.text();
            if (text == null) {
                queue.remove(key);
                queue.back(key);
            } else {
                texts.add(new EmbeddingBatch.Text(key, hash(text), shortened(text, embedder.charsMax())));
            }
        }
        if (!texts.isEmpty()) {
            batchesUnderWay++;
            embedder.embed(new EmbeddingBatch(shard, indexId, texts));
        }
    }

    /** Returns at most {@code charsMax} of the text, and no half of a character. */
    private static String shortened(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        boolean halves = charsMax > 1 && Character.isHighSurrogate(text.charAt(charsMax - 1));
        return text.substring(0, halves ? charsMax - 1 : charsMax);
    }

    /** Notes that a batch came back with vectors. */
    void succeeded(TextEmbedder embedder) {
        batchesUnderWay--;
        batchMax = (int) Math.min(2L * batchMax, embedder.batchMax());
        backoffMs = 0;
        nextTryMs = Long.MIN_VALUE;
    }

    /** Notes that a batch came back without: its rows are tried again later. */
    void failed(EmbeddingBatch batch, long nowMs) {
        batchesUnderWay--;
        batchMax = Math.max(1, batch.texts().size() / 2);
        backoffMs = Math.min(Math.max(BACKOFF_MS, 2 * backoffMs), BACKOFF_MS_MAX);
        nextTryMs = nowMs + backoffMs;
        batch.texts().forEach(text -> queue.back(text.key()));
    }

    /** Returns a number that grows when {@link #covers} may have become true. */
    long progress() {
        return queue.progress() + (fill == null ? 1 : 0);
    }

    /** Returns whether every row whose change is below the token has its vector. */
    boolean covers(OffsetToken token) {
        return fill == null && queue.covers(token);
    }
}
