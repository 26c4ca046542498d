package io.millrace.operators.query;

import io.millrace.operators.ingest.DeadLetterRecords;
import io.millrace.operators.ingest.RouteMutation;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.codec.RequestCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/** Reads of a request what decides where it is planned and answered. One without a value becomes a dead letter. */
public final class ReadRequest extends AbstractStreamOperator<IncomingRequest>
        implements OneInputStreamOperator<SourceRecord, IncomingRequest> {
    private static final long serialVersionUID = 1;

    /** The header in which Spring's request-reply template, and others, name the topic of the answer. */
    public static final String REPLY_TOPIC_HEADER = "kafka_replyTopic";
    /** The header that goes back as it came. */
    public static final String CORRELATION_HEADER = "kafka_correlationId";

    private final QuerySettings settings;
    private transient RequestCodec codec;
    private transient DeadLetterRecords deadLetters;

    public ReadRequest(QuerySettings settings) {
        this.settings = settings;
    }

    @Override
    public void open() throws Exception {
        super.open();
        codec = new RequestCodec(settings.requestBytesMax());
        deadLetters = new DeadLetterRecords(
                settings.deadLetterTopic(),
                settings.deadLetterBytesMax(),
                getMetricGroup().counter("deadLetters"));
    }

    @Override
    public void processElement(StreamRecord<SourceRecord> input) {
        SourceRecord entry = input.getValue();
        byte[] value = entry.value();
        if (value == null || value.length == 0) {
            output.collect(RouteMutation.DEAD_LETTERS, new StreamRecord<>(deadLetters.of(empty(entry))));
            return;
        }
        String defaultId = defaultId(entry);
        String replyTopic = header(entry, REPLY_TOPIC_HEADER);
        boolean allowed = replyTopic == null || settings.replyTopics().contains(replyTopic);
        RequestOrigin origin = new RequestOrigin(
                entry.topic(),
                entry.timestampMs(),
                allowed ? replyTopic : null,
                entry.headers().get(CORRELATION_HEADER));
        List<Problem> problems = allowed ? List.of() : List.of(replyTopicProblem(replyTopic));
        output.collect(new StreamRecord<>(
                new IncomingRequest(codec.planningKey(value, defaultId), defaultId, origin, value, problems)));
    }

    private Problem replyTopicProblem(@Nullable String replyTopic) {
        return Problem.of(ErrorCode.INVALID_REPLY_TOPIC, "answers are not sent to topic \"" + replyTopic + "\"")
                .withAllowed(settings.replyTopics())
                .withHint("list the topic in millrace.requests.reply-topics");
    }

    @SuppressWarnings("NullAway") // javac 17 does not read that the arrays of a compiled record may be null.
    private static DeadLetter empty(SourceRecord entry) {
        return new DeadLetter(
                entry.topic(),
                entry.partition(),
                entry.offset(),
                entry.timestampMs(),
                List.of(Problem.of(ErrorCode.INVALID_REQUEST, "request has no value")),
                entry.key(),
                entry.value());
    }

    private static String defaultId(SourceRecord entry) {
        byte[] key = entry.key();
        if (key != null && key.length > 0) {
            String id = new String(key, StandardCharsets.UTF_8);
            if (id.length() <= RequestCodec.ID_LENGTH_MAX) {
                return id;
            }
        }
        return entry.topic() + "-" + entry.partition() + "-" + entry.offset();
    }

    private static @Nullable String header(SourceRecord entry, String name) {
        byte[] value = entry.headers().get(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
