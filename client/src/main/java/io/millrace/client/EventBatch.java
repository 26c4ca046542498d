package io.millrace.client;

import io.millrace.protocol.OffsetToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Gathers what became of a run of events, for the token that stands behind all of them. One thread uses it. */
final class EventBatch {
    private static final int WINDOW = 10_000;

    private final List<Future<RecordMetadata>> open = new ArrayList<>();
    private final Map<String, Long> next = new TreeMap<>();

    void add(Future<RecordMetadata> sent) {
        open.add(sent);
        if (open.size() >= WINDOW) {
            settle();
        }
    }

    OffsetToken token() {
        settle();
        return new OffsetToken(next);
    }

    private void settle() {
        for (Future<RecordMetadata> sent : open) {
            RecordMetadata metadata = await(sent);
            next.merge(metadata.topic() + "-" + metadata.partition(), metadata.offset() + 1, Math::max);
        }
        open.clear();
    }

    private static RecordMetadata await(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientException("interrupted while events were sent", e);
        } catch (ExecutionException e) {
            throw new ClientException("an event could not be sent: " + e.getMessage(), e);
        }
    }
}
