package io.millrace.operators.ingest;

import io.millrace.protocol.mutation.EventSource;
import java.io.Serializable;
import java.util.List;

/**
 * What routers need to know.
 *
 * @param sources the topics of events; a position names one by its place in this list
 * @param markerMs how long after a mutation the shards hear how far its partition has been read, at most
 */
public record IngestSettings(
        List<EventSource> sources,
        int shards,
        int eventBytesMax,
        long markerMs,
        String deadLetterTopic,
        int deadLetterBytesMax)
        implements Serializable {
    public IngestSettings {
        sources = List.copyOf(sources);
    }
}
