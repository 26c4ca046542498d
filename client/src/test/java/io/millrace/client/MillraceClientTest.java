package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.OffsetToken;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client over Kafka's own fakes of its clients. */
class MillraceClientTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RESPONSES = "millrace.responses";
    private static final TopicPartition PARTITION = new TopicPartition(RESPONSES, 0);
    private static final ClientSettings SETTINGS = new ClientSettings(
            Map.of("bootstrap.servers", "nowhere:1"), "millrace.events", "millrace.requests", RESPONSES, Duration.ZERO);

    private final MockProducer<byte[], byte[]> requests = producer(false);
    private final MockProducer<byte[], byte[]> events = producer(true);
    private final MockConsumer<byte[], byte[]> responses = consumer(RESPONSES);
    private final MillraceClient client = new MillraceClient(SETTINGS, requests, events, responses);
    private long nextOffset = 5;

    private static MockProducer<byte[], byte[]> producer(boolean autoComplete) {
        return new MockProducer<>(autoComplete, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static MockConsumer<byte[], byte[]> consumer(String topic) {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("latest");
        Node node = Node.noNode();
        consumer.updatePartitions(
                topic, List.of(new PartitionInfo(topic, 0, node, new Node[] {node}, new Node[] {node})));
        consumer.updateEndOffsets(Map.of(PARTITION, 5L));
        return consumer;
    }

    @AfterEach
    void stop() {
        client.close();
    }

    private static ObjectNode request(String id, long timeoutMs) {
        return RequestBuilder.statement("SHOW COLLECTIONS")
                .id(id)
                .timeout(Duration.ofMillis(timeoutMs))
                .build();
    }

    private void answer(String value) {
        responses.addRecord(
                new ConsumerRecord<>(RESPONSES, 0, nextOffset++, null, value.getBytes(StandardCharsets.UTF_8)));
    }

    private void answerOk(String requestId) {
        answer("{\"request_id\": \"" + requestId + "\", \"status\": \"ok\"}");
    }

    private static Answer get(CompletableFuture<Answer> future) throws Exception {
        return future.get(2, TimeUnit.MINUTES);
    }

    @Test
    void requestIsKeyedByItsIdOnTheRequestTopic() throws Exception {
        client.request(request("r-1", 60_000));

        assertThat(requests.history()).singleElement().satisfies(sent -> {
            assertThat(sent.topic()).isEqualTo("millrace.requests");
            assertThat(text(sent.key())).isEqualTo("r-1");
            assertThat(JSON.readTree(sent.value()).path("statement").asText()).isEqualTo("SHOW COLLECTIONS");
        });
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void requestWithoutAnIdGetsOneThatIsItsKeyToo() throws Exception {
        client.request(RequestBuilder.statement("SHOW COLLECTIONS").build());
        client.request(RequestBuilder.statement("SHOW COLLECTIONS").build());

        List<ProducerRecord<byte[], byte[]>> sent = requests.history();
        assertThat(sent).extracting(entry -> text(entry.key())).doesNotHaveDuplicates();
        for (var entry : sent) {
            assertThat(JSON.readTree(entry.value()).path("request_id").asText()).isEqualTo(text(entry.key()));
        }
    }

    @Test
    void answersReachTheirRequestsInAnyOrder() throws Exception {
        var first = client.request(request("r-1", 60_000));
        var second = client.request(request("r-2", 60_000));
        answerOk("r-2");
        answerOk("r-1");

        assertThat(get(first).requestId()).isEqualTo("r-1");
        assertThat(get(second).requestId()).isEqualTo("r-2");
        assertThat(get(second).roundTripNanos()).isPositive();
    }

    @Test
    void whatIsNoAnswerToAnythingIsPassedOver() throws Exception {
        var waiting = client.request(request("r-1", 60_000));
        answer("nonsense");
        answerOk("somebody-elses");
        responses.addRecord(new ConsumerRecord<>(RESPONSES, 0, nextOffset++, null, null));
        answerOk("r-1");

        assertThat(get(waiting).status()).isEqualTo("ok");
    }

    @Test
    void requestsOfOneIdAreSentOnceAndWaitForTheSameAnswer() throws Exception {
        var first = client.request(request("r-1", 60_000));
        var second = client.request(request("r-1", 60_000));
        answerOk("r-1");

        assertThat(get(second)).isSameAs(get(first));
        assertThat(requests.history()).hasSize(1);
    }

    @Test
    void requestWithoutAnAnswerFailsAfterItsTimeout() {
        var waiting = client.request(request("r-1", 20));

        assertThatThrownBy(() -> get(waiting))
                .cause()
                .isInstanceOf(ClientException.class)
                .hasMessage("no answer within 20 ms");
    }

    @Test
    void timeoutOfAnAnsweredRequestDoesNotEndTheNextOfItsId() throws Exception {
        var first = client.request(request("r-1", 50));
        answerOk("r-1");
        get(first);
        var second = client.request(request("r-1", 60_000));
        var later = client.request(request("r-2", 200));
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(later::isDone);

        assertThat(second).isNotDone();
        answerOk("r-1");
        assertThat(get(second).status()).isEqualTo("ok");
    }

    /** Its timeout is far away; what was answered must not stay until then. */
    @Test
    void anAnswerIsNotKeptUntilItsTimeout() throws Exception {
        CompletableFuture<Answer> asked = client.request(request("r-1", 600_000));
        requests.completeNext();
        answerOk("r-1");
        WeakReference<Answer> answer = new WeakReference<>(get(asked));
        asked = null;

        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            System.gc();
            return answer.refersTo(null);
        });
    }

    @Test
    void requestThatTheBrokerRefusesFails() {
        var waiting = client.request(request("r-1", 60_000));
        requests.errorNext(new KafkaException("too large"));

        assertThatThrownBy(() -> get(waiting)).cause().hasMessage("request could not be sent: too large");
    }

    @Test
    void requestThatCannotBeHandedToKafkaFailsAndItsIdIsFree() throws Exception {
        requests.sendException = new KafkaException("no memory");
        var refused = client.request(request("r-1", 60_000));
        assertThatThrownBy(() -> get(refused)).cause().hasMessage("request could not be sent: no memory");

        requests.sendException = null;
        var again = client.request(request("r-1", 60_000));
        answerOk("r-1");
        assertThat(get(again).status()).isEqualTo("ok");
    }

    @Test
    void closeEndsTheRequestsThatWait() {
        var waiting = client.request(request("r-1", 60_000));
        client.close();

        assertThatThrownBy(() -> get(waiting)).cause().hasMessage("client was closed");
        assertThatThrownBy(() -> get(client.request(request("r-2", 60_000))))
                .cause()
                .hasMessage("client was closed");
        assertThat(requests.closed()).isTrue();
        assertThat(events.closed()).isTrue();
        assertThat(responses.closed()).isTrue();
    }

    @Test
    void brokenResponseTopicEndsTheRequestsThatWaitAndThoseThatCome() {
        var waiting = client.request(request("r-1", 60_000));
        responses.setPollException(new KafkaException("not authorized"));
        assertThatThrownBy(() -> get(waiting)).cause().hasMessage("answers can no longer be received: not authorized");

        assertThatThrownBy(() -> get(client.request(request("r-2", 60_000))))
                .cause()
                .hasMessage("answers can no longer be received: not authorized");
    }

    @Test
    void clientWithoutAResponseTopicIsNotMadeAndLeavesNothingOpen() {
        var otherRequests = producer(true);
        var otherResponses = consumer("another");

        assertThatThrownBy(() -> new MillraceClient(SETTINGS, otherRequests, producer(true), otherResponses))
                .isInstanceOf(ClientException.class)
                .hasMessage("there is no topic \"millrace.responses\" of answers");
        assertThat(otherRequests.closed()).isTrue();
        assertThat(otherResponses.closed()).isTrue();
    }

    @Test
    void askThrowsWhatTheFutureFailsWith() {
        RequestBuilder request = RequestBuilder.of(request("r-1", 20));

        assertThatThrownBy(() -> client.ask(request))
                .isInstanceOf(ClientException.class)
                .hasMessage("no answer within 20 ms");
    }

    @Test
    void tokenOfABatchStandsBehindItsLastEvents() throws Exception {
        OffsetToken token = client.send(List.of(
                JSON.readTree("{\"op\": \"upsert\", \"collection\": \"c\", \"id\": \"a\"}"),
                JSON.readTree("{\"op\": \"upsert\", \"collection\": \"c\", \"id\": \"b\"}")));

        assertThat(token.nextOffsets()).isEqualTo(Map.of("millrace.events-0", 2L));
        assertThat(events.history()).extracting(entry -> text(entry.key())).containsExactly("c/a", "c/b");
    }

    @Test
    void emptyBatchDemandsNothing() {
        assertThat(client.send(List.of()).isEmpty()).isTrue();
    }

    @Test
    void tombstoneHasAKeyAndNoValue() {
        client.sendTombstone("people", "ada");

        assertThat(events.history()).singleElement().satisfies(sent -> {
            assertThat(text(sent.key())).isEqualTo("people/ada");
            assertThat(sent.value()).isNull();
        });
    }

    @Test
    void rawValuesAreSentAsTheyAre() {
        client.sendRaw(Stream.of("nonsense".getBytes(StandardCharsets.UTF_8)));

        assertThat(events.history()).singleElement().satisfies(sent -> {
            assertThat(sent.key()).isNull();
            assertThat(text(sent.value())).isEqualTo("nonsense");
        });
    }

    @Test
    void eventThatCannotBeSentFailsTheBatch() {
        events.sendException = new KafkaException("disk full");

        assertThatThrownBy(() -> client.sendTombstone("people", "ada"))
                .isInstanceOf(ClientException.class)
                .hasMessageContaining("disk full");
    }
}
