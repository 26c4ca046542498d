package io.millrace.protocol.codec;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.Mutation;
import org.jspecify.annotations.Nullable;

/** Reads the records of one topic of events. An instance has buffers of its own: one thread uses it. */
public interface EventDecoder {
    /**
     * Returns what the record asks for; a null value is a tombstone for its key.
     *
     * @throws MillraceException with every problem found, if the record is none that can be read
     */
    Mutation decode(byte @Nullable [] key, byte @Nullable [] value) throws MillraceException;

    /** Returns the decoder of a topic, which refuses values of more than {@code bytesMax}. */
    static EventDecoder of(EventSource source, int bytesMax) {
        return switch (source.format()) {
            case JSON -> new JsonEventDecoder(bytesMax);
            case DEBEZIUM -> new DebeziumEventDecoder(source, bytesMax);
        };
    }
}
