package io.millrace.operators.ingest;

import io.millrace.operators.types.OutgoingRecord;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.codec.DeadLetterCodec;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes records of dead letters, and counts them. */
public final class DeadLetterRecords {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRecords.class);

    private final String topic;
    private final int bytesMax;
    private final Counter count;

    public DeadLetterRecords(String topic, int bytesMax, Counter count) {
        this.topic = topic;
        this.bytesMax = bytesMax;
        this.count = count;
    }

    public OutgoingRecord of(DeadLetter letter) {
        count.inc();
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "Dead letter {}-{} at {}: {}",
                    letter.topic(),
                    letter.partition(),
                    letter.offset(),
                    letter.problems());
        }
        DeadLetterCodec.Encoded encoded = DeadLetterCodec.encode(letter, bytesMax);
        return new OutgoingRecord(topic, encoded.key(), encoded.value(), encoded.headers());
    }
}
