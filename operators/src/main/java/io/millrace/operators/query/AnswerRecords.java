package io.millrace.operators.query;

import io.millrace.operators.types.OutgoingRecord;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.Response;
import io.millrace.protocol.codec.ResponseCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Makes records of responses: keyed by request id, to the topic that the request named, with its correlation id. */
final class AnswerRecords {
    private final String topic;
    private final int bytesMax;

    AnswerRecords(String topic, int bytesMax) {
        this.topic = topic;
        this.bytesMax = bytesMax;
    }

    OutgoingRecord of(RequestOrigin origin, Response response) {
        Map<String, byte[]> headers = origin.correlationId() == null
                ? Map.of()
                : Map.of(ReadRequest.CORRELATION_HEADER, origin.correlationId());
        return new OutgoingRecord(
                origin.replyTopic() == null ? topic : origin.replyTopic(),
                response.requestId().getBytes(StandardCharsets.UTF_8),
                ResponseCodec.write(response, bytesMax),
                headers);
    }
}
