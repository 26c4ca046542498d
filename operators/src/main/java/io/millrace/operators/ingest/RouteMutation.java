package io.millrace.operators.ingest;

import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.codec.EventDecoder;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.OutputTag;

/**
 * Decodes events and sends each to the shards that it concerns. Behind them goes to every shard how far each partition
 * has been read: at most {@code markerMs} later, and before every barrier, else a token would wait in vain after a
 * restore without new events.
 */
public final class RouteMutation extends AbstractStreamOperator<ShardInput>
        implements OneInputStreamOperator<SourceRecord, ShardInput>, ProcessingTimeService.ProcessingTimeCallback {
    private static final long serialVersionUID = 1;

    /** Records for the dead-letter topic. */
    public static final OutputTag<OutgoingRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", MillraceTypes.OUTGOING_RECORD);

    private final IngestSettings settings;

    private transient Map<String, Integer> topics;
    private transient EventDecoder[] decoders;
    private transient MutationRouter router;
    private transient MutationBatches batches;
    private transient Map<Long, Progress> progress;
    private transient DeadLetterRecords deadLetters;
    private transient StreamRecord<ShardInput> element;
    private transient Counter routed;
    private transient boolean timerSet;

    public RouteMutation(IngestSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open() throws Exception {
        super.open();
        List<EventSource> sources = settings.sources();
        topics = new HashMap<>();
        decoders = new EventDecoder[sources.size()];
        for (int i = 0; i < decoders.length; i++) {
            topics.put(sources.get(i).topic(), i);
            decoders[i] = EventDecoder.of(sources.get(i), settings.eventBytesMax());
        }
        router = new MutationRouter(settings.shards());
        batches = new MutationBatches(settings.shards(), this::emit);
        progress = new HashMap<>();
        deadLetters = new DeadLetterRecords(
                settings.deadLetterTopic(),
                settings.deadLetterBytesMax(),
                getMetricGroup().counter("deadLetters"));
        element = new StreamRecord<>(null);
        routed = getMetricGroup().counter("mutations");
    }

    @Override
    public void processElement(StreamRecord<SourceRecord> input) {
        SourceRecord entry = input.getValue();
        int topic = topicNumber(entry.topic());
        SourcePosition position = new SourcePosition(topic, entry.partition(), entry.offset(), entry.timestampMs());
        try {
            router.route(decoders[topic].decode(entry.key(), entry.value()), position, entry, batches::add);
            routed.inc();
        } catch (MillraceException e) {
            output.collect(DEAD_LETTERS, new StreamRecord<>(deadLetters.of(letter(entry, e))));
        }
        progress.computeIfAbsent((long) topic << 32 | entry.partition(), key -> new Progress()).position = position;
        if (!timerSet) {
            timerSet = true;
            ProcessingTimeService clock = getProcessingTimeService();
            clock.registerTimer(clock.getCurrentProcessingTime() + settings.markerMs(), this);
        }
    }

    @Override
    public void onProcessingTime(long timestamp) {
        timerSet = false;
        sendAll();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        sendAll();
    }

    @Override
    public void finish() {
        sendAll();
    }

    private void sendAll() {
        batches.flush();
        emitMarkers();
    }

    private void emitMarkers() {
        for (Progress partition : progress.values()) {
            SourcePosition last = partition.position;
            if (last.offset() != partition.marked) {
                partition.marked = last.offset();
                SourcePosition next =
                        new SourcePosition(last.topic(), last.partition(), last.offset() + 1, last.timestampMs());
                for (int shard = 0; shard < settings.shards(); shard++) {
                    emit(new ProgressMarker(shard, next));
                }
            }
        }
    }

    private void emit(ShardInput value) {
        output.collect(element.replace(value));
    }

    private int topicNumber(String topic) {
        Integer number = topics.get(topic);
        if (number == null) {
            throw new IllegalStateException("a record of topic \"" + topic + "\" came, which is not configured");
        }
        return number;
    }

    @SuppressWarnings("NullAway") // javac 17 does not read that the arrays of a compiled record may be null.
    private static DeadLetter letter(SourceRecord entry, MillraceException e) {
        return new DeadLetter(
                entry.topic(),
                entry.partition(),
                entry.offset(),
                entry.timestampMs(),
                e.problems(),
                entry.key(),
                entry.value());
    }

    /** How far a partition was read, and what the shards were told. */
    private static final class Progress {
        private SourcePosition position = new SourcePosition(0, 0, -1, 0);
        private long marked = -1;
    }
}
