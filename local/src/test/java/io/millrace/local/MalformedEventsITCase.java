package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.local.support.TestStack;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.codec.DeadLetterCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A thousand records that cannot be applied, among as many that can. */
class MalformedEventsITCase {
    private static final int BAD = 1_000;
    private static final long SEED = 20261120;
    private static final int TEN_MB = 10 << 20;

    /** What comes to the event topic by mistake or malice; each is a function of a random source. */
    private static final List<Function<Random, byte @Nullable []>> KINDS = List.of(
            random -> utf8("{\"op\": \"upsert\", \"collection\": \"things\", \"id\": \"x" + random.nextInt()),
            random -> utf8("not json " + random.nextInt()),
            random -> utf8("{\"op\": \"explode\", \"collection\": \"things\", \"id\": \"x\"}"),
            random -> utf8("{\"op\": \"upsert\", \"collection\": \"nowhere\", \"id\": \"x\", \"fields\": {}}"),
            random -> utf8(event("{\"n\": \"text\"}")),
            random -> utf8(event("{\"n\": 1.5}")),
            random -> utf8(event("{\"n\": NaN}")),
            random -> utf8(event("{\"x\": 1e999}")),
            random -> utf8(event("{\"v\": [1, 2]}")),
            random -> utf8(event("{\"v\": [1, 2, 1e39]}")),
            random -> utf8(event("{\"v\": [1, \"NaN\", 3]}")),
            random -> utf8(event("{\"v\": 7}")),
            random -> utf8(event("{\"flag\": \"yes\"}")),
            random -> utf8(event("{\"at\": \"yesterday\"}")),
            random -> utf8(event("{\"unknown\": 1}")),
            random -> utf8("{\"op\": \"upsert\", \"collection\": \"things\", \"id\": {\"a\": 1}, \"fields\": {}}"),
            random -> utf8("{\"op\": \"upsert\", \"collection\": \"things\", \"fields\": {}}"),
            random -> utf8("[".repeat(100_000)),
            random -> utf8("{\"a\":".repeat(5_000)),
            random -> utf8("{\"op\": \"upsert_edge\", \"type\": \"NOWHERE\", \"from\": \"a\", \"to\": \"b\"}"),
            random -> utf8("{\"op\": \"upsert_edge\", \"type\": \"LIKES\", \"from\": \"a\"}"),
            random -> new byte[0],
            random -> new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1},
            random -> randomBytes(random),
            random -> null);

    private static String event(String fields) {
        return "{\"op\": \"upsert\", \"collection\": \"things\", \"id\": \"bad\", \"fields\": " + fields + "}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(200) + 1];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void goodRecordsAreAppliedAndBadOnesAreDeadLettersWithAReason() throws Exception {
        System.out.println("seed " + SEED);
        try (TestStack stack = TestStack.start()) {
            stack.run("CREATE COLLECTION things (id STRING PRIMARY KEY, n INT, x DOUBLE, flag BOOLEAN,"
                    + " at TIMESTAMP, v VECTOR(3))");
            stack.run("CREATE EDGE TYPE LIKES FROM things TO things");
            allowLargeRecords(stack);
            Random random = new Random(SEED);
            Set<String> sentBad = new HashSet<>();
            OffsetToken token = OffsetToken.NONE;
            try (KafkaProducer<byte[], byte[]> producer = producer(stack)) {
                for (int i = 0; i < BAD; i++) {
                    byte[] value = i < 2
                            ? tenMegabytes(i)
                            : KINDS.get(i % KINDS.size()).apply(random);
                    RecordMetadata bad = send(producer, value);
                    sentBad.add(bad.partition() + "-" + bad.offset());
                    RecordMetadata good = send(producer, utf8(good(i).toString()));
                    token = token.and(position(good)).and(position(bad));
                }
            }
            Answer answer = stack.ask(
                    "{\"steps\": [{\"id\": \"s\", \"store\": \"document\", \"op\": \"scan\","
                            + " \"params\": {\"collection\": \"things\", \"project\": [\"id\", \"n\"]}}]}",
                    token);
            assertThat(answer.rows("s")).hasSize(BAD);
            assertThat(answer.column("s", "n").stream().mapToInt(n -> n.asInt()).sum())
                    .isEqualTo(BAD * (BAD - 1) / 2);
            TestStack.await()
                    .untilAsserted(() ->
                            assertThat(stack.readTopic("millrace.dead-letters")).hasSizeGreaterThanOrEqualTo(BAD));
            List<ConsumerRecord<byte[], byte[]>> letters = stack.readTopic("millrace.dead-letters");
            Set<String> lettered = new HashSet<>();
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                assertThat(header(letter, DeadLetterCodec.REASON)).isNotEmpty();
                assertThat(header(letter, DeadLetterCodec.MESSAGE)).isNotEmpty();
                assertThat(header(letter, DeadLetterCodec.SOURCE_TOPIC)).isEqualTo("millrace.events");
                lettered.add(header(letter, DeadLetterCodec.SOURCE_PARTITION) + "-"
                        + header(letter, DeadLetterCodec.SOURCE_OFFSET));
            }
            assertThat(lettered).isEqualTo(sentBad);
            assertThat(letters).hasSize(BAD);
            assertThat(stack.stack().flink().restarts()).isZero();
        }
    }

    private static OffsetToken position(RecordMetadata sent) {
        return new OffsetToken(Map.of(sent.topic() + "-" + sent.partition(), sent.offset() + 1));
    }

    private static ObjectNode good(int i) {
        ObjectNode fields =
                TestStack.JSON.createObjectNode().put("n", i).put("x", i / 3.0).put("flag", i % 2 == 0);
        fields.putArray("v").add(i).add(1).add(0.5);
        return TestStack.upsert("things", "good-" + i, fields);
    }

    private static byte[] tenMegabytes(int i) {
        byte[] value = new byte[TEN_MB];
        Arrays.fill(value, (byte) ('a' + i));
        return value;
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static RecordMetadata send(KafkaProducer<byte[], byte[]> producer, byte @Nullable [] value)
            throws ExecutionException, InterruptedException {
        return producer.send(new ProducerRecord<>("millrace.events", null, null, value))
                .get();
    }

    private static KafkaProducer<byte[], byte[]> producer(TestStack stack) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        stack.stack().bootstrapServers(),
                        "max.request.size",
                        Integer.toString(2 * TEN_MB),
                        "linger.ms",
                        "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void allowLargeRecords(TestStack stack) throws Exception {
        try (Admin admin = Admin.create(
                Map.<String, Object>of("bootstrap.servers", stack.stack().bootstrapServers()))) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "millrace.events");
            List<AlterConfigOp> changes = new ArrayList<>();
            changes.add(new AlterConfigOp(
                    new ConfigEntry("max.message.bytes", Integer.toString(2 * TEN_MB)), AlterConfigOp.OpType.SET));
            admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();
        }
    }
}
