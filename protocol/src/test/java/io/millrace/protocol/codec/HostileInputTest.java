package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.Rounds;
import io.millrace.protocol.SharedData;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives is anybody's: it is decoded, or refused with a reason, and nothing else ever happens. */
class HostileInputTest {
    private static final int BYTES_MAX = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventDecoder json = EventDecoder.of(EventSource.json("millrace.events"), BYTES_MAX);
    private final EventDecoder debezium = EventDecoder.of(
            new EventSource("db.shop.products", EventSource.Format.DEBEZIUM, null, List.of("id")), BYTES_MAX);
    private final RequestCodec requests = new RequestCodec(BYTES_MAX);

    @Test
    void naughtyStringsComeBackAsIdsValuesAndNames() throws IOException, MillraceException {
        Path file = SharedData.path("naughty/blns.json");
        String[] strings = JSON.readValue(file.toFile(), String[].class);
        assertThat(strings).hasSize(515);
        for (String naughty : strings) {
            ObjectNode event = JSON.createObjectNode().put("op", "upsert");
            event.put("collection", naughty).put("id", naughty).put("event_type", naughty);
            event.putObject("fields").put(naughty, naughty).putArray("list").add(naughty);
            DocumentChange change = (DocumentChange) throughTheWire(json.decode(null, JSON.writeValueAsBytes(event)));

            assertThat(change.collection()).isEqualTo(naughty);
            assertThat(change.key()).isEqualTo(naughty);
            assertThat(change.eventType()).isEqualTo(naughty);
            assertThat(change.fields().toMap()).containsEntry(naughty, naughty);
            assertThat(JSON.readTree(String.valueOf(change.fields().toMap().get("list")))
                            .get(0)
                            .textValue())
                    .isEqualTo(naughty);
            assertEdge(naughty);
            assertTombstone(naughty);
            assertRequest(naughty);
        }
    }

    private void assertEdge(String naughty) throws IOException, MillraceException {
        ObjectNode event = JSON.createObjectNode().put("op", "upsert_edge").put("type", naughty);
        event.put("from", naughty).put("to", naughty).put("id", naughty);
        EdgeChange change = (EdgeChange) throughTheWire(json.decode(null, JSON.writeValueAsBytes(event)));

        assertThat(List.of(change.type(), change.from(), change.to(), String.valueOf(change.id())))
                .containsOnly(naughty);
    }

    private void assertTombstone(String naughty) throws MillraceException {
        DocumentChange change = (DocumentChange) json.decode(("c/" + naughty).getBytes(StandardCharsets.UTF_8), null);

        assertThat(change.key()).isEqualTo(naughty);
    }

    private void assertRequest(String naughty) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("request_id", naughty).put("statement", naughty);
        request.put("session_id", naughty).putObject("parameters").put(naughty, naughty);
        DecodedRequest decoded = requests.read(JSON.writeValueAsBytes(request), "default");
        assertThat(decoded.request() == null).as(naughty).isEqualTo(naughty.isEmpty() || naughty.length() > 256);

        Response answer = Response.error(
                decoded.requestId(), 1, List.of(Problem.at(ErrorCode.INVALID_STATEMENT, "$." + naughty, naughty)), 0);
        var written = JSON.readTree(ResponseCodec.write(answer, 1_000_000));
        assertThat(written.path("errors").get(0).path("message").textValue()).isEqualTo(naughty);
    }

    private static Mutation throughTheWire(Mutation mutation) {
        ValueWriter out = new ValueWriter();
        ShardInputCodec.writeMutation(mutation, out);
        return ShardInputCodec.readMutation(new ValueReader(out.toBytes()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u0000",
                "null",
                "true",
                "17",
                "\"text\"",
                "[]",
                "[{}]",
                "{",
                "{\"op\"",
                "{\"op\":",
                "{\"op\":\"upsert\"",
                "{\"op\":\"upsert\",}",
                "{op:\"upsert\"}",
                "{'op':'upsert'}",
                "{\"op\":\"upsert\"}{}",
                "{\"op\":\"upsert\"} x",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":+1}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":0x10}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\ud8\"}",
                "/* */ {}",
                "{} // end",
                "\ufeff{\"op\":\"delete\",\"collection\":\"c\",\"id\":1}",
                "<xml/>"
            })
    void whatIsNoEventIsRefusedByEveryDecoder(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(catchThrowable(() -> json.decode(null, bytes))).isInstanceOf(MillraceException.class);
        assertThat(catchThrowable(() -> debezium.decode(null, bytes))).isInstanceOf(MillraceException.class);
        assertThat(requests.read(bytes, "id").problems()).isNotEmpty();
        assertThat(requests.planningKey(bytes, "id")).isNotEmpty();
    }

    /** Each stands inside the fields of an otherwise good event. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":NaN} | INVALID_JSON",
                "{\"a\":[1,NaN]} | INVALID_JSON",
                "{\"a\":{\"b\":nul}} | INVALID_JSON",
                "{\"a\":[1,2} | INVALID_JSON",
                "{\"a\":1e999} | INVALID_VALUE",
            })
    void brokenValueMakesABrokenEvent(String fields, ErrorCode code) {
        assertRefused(envelope(fields).getBytes(StandardCharsets.UTF_8), code);
    }

    @Test
    void nestingIsBounded() throws MillraceException {
        json.decode(
                null,
                envelope("{\"a\":" + nested(JsonLimits.DEPTH_MAX - 2) + "}").getBytes(StandardCharsets.UTF_8));
        for (int depth : new int[] {JsonLimits.DEPTH_MAX, 1_000, 100_000}) {
            byte[] deep = envelope("{\"a\":" + nested(depth) + "}").getBytes(StandardCharsets.UTF_8);
            assertRefused(deep, ErrorCode.LIMIT_EXCEEDED);
            assertThat(requests.read(deep, "id").problems())
                    .extracting(Problem::code)
                    .containsExactly(ErrorCode.LIMIT_EXCEEDED);
        }
        assertThat(catchThrowable(() -> json.decode(null, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(MillraceException.class);
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }

    @Test
    void sizesAreBounded() throws MillraceException {
        byte[] name = envelope("{\"" + "n".repeat(2_000) + "\":1}").getBytes(StandardCharsets.UTF_8);
        assertRefused(name, ErrorCode.LIMIT_EXCEEDED);

        byte[] big = envelope("{\"a\":\"" + "x".repeat(10_000_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        assertRefused(big, ErrorCode.LIMIT_EXCEEDED);
        assertThat(catchThrowable(() -> debezium.decode(null, big))).isInstanceOf(MillraceException.class);
        assertThat(requests.read(big, "id").problems())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.LIMIT_EXCEEDED);

        EventDecoder large = EventDecoder.of(EventSource.json("e"), 11_000_000);
        assertThat(((DocumentChange) large.decode(null, big)).fields().bytes()).hasSizeGreaterThan(10_000_000);
    }

    @Test
    void thousandsOfViolationsMakeABoundedAnswer() {
        StringBuilder members = new StringBuilder("{\"op\":\"upsert\"");
        for (int i = 0; i < 50_000; i++) {
            members.append(",\"m").append(i).append("\":").append(i);
        }
        byte[] bytes = members.append('}').toString().getBytes(StandardCharsets.UTF_8);

        Throwable failure = catchThrowable(() -> json.decode(null, bytes));
        assertThat(((MillraceException) failure).problems()).hasSize(JsonLimits.PROBLEMS_MAX);
        assertThat(requests.read(bytes, "id").problems()).hasSize(JsonLimits.PROBLEMS_MAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c0", "e282", "f0288cbc", "80", "fe"})
    void invalidUtf8IsRefusedWhereverItStands(String hex) {
        byte[] bad = java.util.HexFormat.of().parseHex(hex);
        for (String around : new String[] {
            "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":\"~\"}",
            "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":{\"a\":\"~\"}}",
            "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":{\"~\":1}}",
            "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":{\"a\":{\"b\":\"~\"}}}",
            "~"
        }) {
            assertRefused(withBytes(around, bad), ErrorCode.INVALID_JSON);
        }
    }

    private static byte[] withBytes(String around, byte[] bytes) {
        int at = around.indexOf('~');
        byte[] head = around.substring(0, at).getBytes(StandardCharsets.UTF_8);
        byte[] tail = around.substring(at + 1).getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + bytes.length + tail.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        System.arraycopy(tail, 0, all, head.length + bytes.length, tail.length);
        return all;
    }

    private static String envelope(String fields) {
        return "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":" + fields + "}";
    }

    private void assertRefused(byte[] event, ErrorCode code) {
        Throwable failure = catchThrowable(() -> json.decode(null, event));
        assertThat(failure).isInstanceOf(MillraceException.class);
        assertThat(((MillraceException) failure).problems().get(0).code()).isEqualTo(code);
    }

    static Stream<Long> seeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    /** 1 000 mutants over all seeds and each decoder, times what {@link Rounds} says. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void mutantsOfValidInputAreDecodedOrRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < Rounds.of(250); i++) {
            byte[] event = mutant(VALID_EVENTS[random.nextInt(VALID_EVENTS.length)], random);
            byte @Nullable [] key = random.nextInt(4) == 0 ? mutant("{\"id\":7}", random) : null;
            decode(json, key, event, seed);
            byte[] row = mutant(VALID_DEBEZIUM[random.nextInt(VALID_DEBEZIUM.length)], random);
            decode(debezium, key, row, seed);
            byte[] request = mutant(VALID_REQUESTS[random.nextInt(VALID_REQUESTS.length)], random);
            request(request, seed);
        }
    }

    private static void decode(EventDecoder decoder, byte @Nullable [] key, byte[] value, long seed) {
        try {
            Mutation mutation = decoder.decode(key, value);
            throughTheWire(mutation);
        } catch (MillraceException refused) {
            DeadLetterCodec.encode(letter(refused.problems(), value), 100);
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + new String(value, StandardCharsets.ISO_8859_1), e);
        }
    }

    private static DeadLetter letter(List<Problem> problems, byte[] value) {
        return new DeadLetter("e", 0, 0, 0, problems, value, value);
    }

    private void request(byte[] request, long seed) {
        try {
            DecodedRequest decoded = requests.read(request, "id");
            assertThat(decoded.request() == null).isEqualTo(!decoded.problems().isEmpty());
            assertThat(requests.planningKey(request, "id")).isNotEmpty();
            Response answer = Response.error(decoded.requestId(), 1, decoded.problems(), 0);
            JSON.readTree(ResponseCodec.write(answer, 1_000_000));
        } catch (RuntimeException | IOException e) {
            throw new AssertionError("seed " + seed + ": " + new String(request, StandardCharsets.ISO_8859_1), e);
        }
    }

    private static byte[] mutant(String valid, Random random) {
        byte[] bytes = valid.getBytes(StandardCharsets.UTF_8);
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) "{}[]\",:0-.eE\\u".charAt(random.nextInt(14));
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, at);
                default -> System.arraycopy(bytes, 0, bytes, at, Math.min(bytes.length - at, at));
            }
        }
        return bytes;
    }

    private static final String[] VALID_EVENTS = {
        """
        {"op":"upsert","collection":"papers","id":"p1","event_type":"E","fields":{"t":"\u00fc\\ud83d\\ude00","n":-12,
        "d":1.5e3,"b":true,"z":null,"v":[0.1,2,3e4],"j":[1,{"a":[]},"x"],"o":{"k":{"l":[1,2]}}}}""",
        "{\"op\":\"patch\",\"collection\":\"papers\",\"id\":[\"a\",7],\"fields\":{\"v\":[9007199254740993]}}",
        "{\"op\":\"delete\",\"collection\":\"papers\",\"id\":42,\"edges\":true}",
        "{\"op\":\"upsert_edge\",\"type\":\"CITES\",\"from\":\"p1\",\"to\":\"p2\",\"id\":\"e\",\"fields\":{\"w\":1}}",
        "{\"op\":\"delete_edge\",\"type\":\"CITES\",\"from\":1,\"to\":2}"
    };

    private static final String[] VALID_DEBEZIUM = {
        "{\"before\":null,\"after\":{\"id\":1,\"n\":\"x\",\"l\":[1,2],\"o\":{\"a\":1.5}},\"source\":{\"table\":\"t\"},\"op\":\"c\"}",
        "{\"schema\":{\"type\":\"struct\"},\"payload\":{\"before\":{\"id\":1},\"after\":null,\"op\":\"d\"}}"
    };

    private static final String[] VALID_REQUESTS = {
        """
        {"request_id":"r-1","plan":{"steps":[{"id":"s1","store":"document","op":"scan","params":{"limit":1}}]},
        "parameters":{"v":[0.1]},"session_id":"s","explain":"plan","freshness":{"min_offsets":{"e-0":12},
        "max_lag_ms":5},"return":"all","timeout_ms":100,"options":{"vector.ef_search":128}}""",
        "{\"request_id\":\"r-2\",\"statement\":\"SELECT * FROM papers\"}",
        "{\"question\":{\"text\":\"Who?\",\"context\":\"chat\"},\"plan\":{\"steps\":[]}}"
    };
}
