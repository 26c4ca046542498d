package io.millrace.operators.query;

import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.text;
import static io.millrace.operators.support.Examples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.ingest.RouteMutation;
import io.millrace.operators.support.Examples;
import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.codec.DeadLetterCodec;
import io.millrace.protocol.codec.RequestCodec;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadRequestTest {
    private Subtask<SourceRecord, Void, IncomingRequest> reader;

    @BeforeEach
    void start() throws Exception {
        reader = new Subtask<SourceRecord, Void, IncomingRequest>(
                        new ReadRequest(Examples.settings()), MillraceTypes.INCOMING_REQUEST, 1, 0)
                .start(null);
    }

    @AfterEach
    void stop() throws Exception {
        reader.close();
    }

    private IncomingRequest read(@Nullable String key, String value, Map<String, byte[]> headers) throws Exception {
        byte[] keyBytes = key == null ? null : utf8(key);
        reader.first(new SourceRecord(
                "millrace.requests", 2, 11, NOW_MS, keyBytes, utf8(value.replace('\'', '"')), headers));
        return reader.take().get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'request_id': 'a', 'statement': 'SHOW'} | r:a",
                "{'statement': 'SHOW'} | r:key",
                "{'request_id': 'a', 'session_id': 's'} | s:s",
                "{'session_id': 's', 'question': {'text': ' How  MANY? '}} | 'q:how many?\n'",
                "{'broken | r:key",
            })
    void requestsArePlannedByQuestionElseSessionElseId(String value, String planningKey) throws Exception {
        assertThat(read("key", value, Map.of()).planningKey()).isEqualTo(planningKey);
    }

    @Test
    void defaultIdIsTheKey() throws Exception {
        assertThat(read("key", "{}", Map.of()).defaultId()).isEqualTo("key");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void withoutAKeyTheDefaultIdIsWhereTheRequestStands(@Nullable String key) throws Exception {
        assertThat(read(key, "{}", Map.of()).defaultId()).isEqualTo("millrace.requests-2-11");
    }

    @Test
    void keyThatIsTooLongForAnIdIsNoDefault() throws Exception {
        String longest = "k".repeat(RequestCodec.ID_LENGTH_MAX);

        assertThat(read(longest, "{}", Map.of()).defaultId()).isEqualTo(longest);
        assertThat(read(longest + "k", "{}", Map.of()).defaultId()).isEqualTo("millrace.requests-2-11");
    }

    @Test
    void replyTopicOnTheListIsWhereTheAnswerGoes() throws Exception {
        IncomingRequest request = read("k", "{}", Map.of(ReadRequest.REPLY_TOPIC_HEADER, utf8("replies")));

        assertThat(request.origin().replyTopic()).isEqualTo("replies");
        assertThat(request.problems()).isEmpty();
    }

    @Test
    void anyOtherReplyTopicIsRefusedOnTheResponseTopic() throws Exception {
        IncomingRequest request = read("k", "{}", Map.of(ReadRequest.REPLY_TOPIC_HEADER, utf8("millrace.control")));

        assertThat(request.origin().replyTopic()).isNull();
        assertThat(request.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_REPLY_TOPIC);
            assertThat(problem.message()).contains("\"millrace.control\"");
            assertThat(problem.allowed()).containsExactly("replies");
        });
    }

    @Test
    void originHasTheTopicTheTimeAndTheCorrelationIdAsItCame() throws Exception {
        byte[] correlation = {0, -1, 7};
        IncomingRequest request = read("k", "{}", Map.of(ReadRequest.CORRELATION_HEADER, correlation));

        assertThat(request.origin().tenant()).isEqualTo("millrace.requests");
        assertThat(request.origin().timestampMs()).isEqualTo(NOW_MS);
        assertThat(request.origin().correlationId()).isEqualTo(correlation);
        assertThat(request.problems()).extracting(Problem::code).isEmpty();
    }

    @ParameterizedTest
    @NullAndEmptySource
    void requestWithoutAValueIsADeadLetter(byte @Nullable [] value) throws Exception {
        reader.first(new SourceRecord("millrace.requests", 2, 11, NOW_MS, utf8("k"), value, Map.of()));

        assertThat(reader.take()).isEmpty();
        assertThat(reader.take(RouteMutation.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("millrace.dead-letters");
            assertThat(text(letter.headers().get(DeadLetterCodec.REASON))).isEqualTo("INVALID_REQUEST");
            assertThat(text(letter.headers().get(DeadLetterCodec.SOURCE_OFFSET)))
                    .isEqualTo("11");
        });
    }

    /** The dead-letter path is for what cannot be answered; anything with a value is. */
    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "[]", "\u0000"})
    void anyValueBecomesARequestThatWillBeAnswered(String value) throws Exception {
        assertThat(text(read("k", value, Map.of()).value())).isEqualTo(value);
        assertThat(reader.take(RouteMutation.DEAD_LETTERS)).isEmpty();
    }
}
