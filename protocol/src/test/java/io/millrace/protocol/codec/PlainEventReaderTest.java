package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.MillraceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser is the oracle: what is read without it must be what it reads. */
class PlainEventReaderTest {
    private static final int BYTES_MAX = 1 << 20;
    private static final List<String> VALUES = List.of(
            "\"a title\"",
            "\"Größe 漢字 😀\"",
            "\"\"",
            "0",
            "-7",
            "1998",
            "123456789012345678",
            "1234567890123456789",
            "0.5",
            "-0.0",
            "-0",
            "3.14159265358979312",
            "0.1234567890123456789",
            "1e3",
            "2.5E-7",
            "1e400",
            "4.9e-324",
            "9007199254740993",
            "true",
            "false",
            "null",
            "[]",
            "[1,2.5,-3e2]",
            "[9007199254740993]",
            "[1,\"a\"]",
            "[1e400]",
            "[[1],[2]]",
            "{}",
            "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}",
            "[ 1 , 2 ]",
            "\"\\u00e9\"",
            "\"\\ud800\"",
            "\"a\\\"b\"",
            "01",
            "1.",
            "+1",
            "tru",
            "nul",
            "\"\t\"");
    private static final List<String> NAMES = List.of("title", "n", "größe", "a b", "", "x\\u0041");
    private static final List<String> KEYS = List.of("\"p1\"", "\"\"", "\"ü\"", "7", "-7", "1.5", "[\"a\",1]", "null");

    private final EventDecoder both = new JsonEventDecoder(BYTES_MAX);
    private final EventDecoder parser = new JsonEventDecoder(BYTES_MAX, null);
    private final PlainEventReader plain = new PlainEventReader();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"op\":\"upsert\",\"collection\":\"orders\",\"id\":\"d1\",\"fields\":{\"price\":12.34,\"n\":7,"
                        + "\"tags\":[\"red\",\"blue\"],\"v\":[0.25,-1],\"o\":{\"a\":null},\"title\":\"Größe\"}}",
                " { \"op\" : \"upsert_edge\" , \"type\" : \"T\" , \"from\" : 1 , \"to\" : \"b\" , \"id\" : \"e\" } ",
                "{\"op\":\"patch\",\"collection\":\"c\",\"id\":\"1\",\"event_type\":\"E\",\"fields\":{}}"
            })
    void ordinaryEventsNeedNoParser(String event) throws MillraceException {
        assertThat(plain.read(utf8(event))).isTrue();
        assertThat(both.decode(null, utf8(event))).isEqualTo(parser.decode(null, utf8(event)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"op\":\"upsert\",\"op\":\"patch\"}",
                "{\"op\":\"ups\\u0065rt\"}",
                "{\"op\":\"upsert\"} x",
                "{\"op\":\"upsert\",\"n\":1}",
                "{\"op\":\"delete\",\"edges\":true}",
                "{\"op\":\"upsert\",}"
            })
    void unusualEventsAreLeftToTheParser(String event) {
        assertThat(plain.read(utf8(event))).isFalse();
    }

    @Test
    void brokenUtf8IsLeftToTheParser() {
        byte[] event = utf8("{\"op\":\"upsert\",\"collection\":\"c\",\"id\":\"__\"}");
        int at = event.length - 4;
        for (int[] wrong : new int[][] {{0xc0, 0x80}, {0xc3, '_'}, {0x80, 0x80}, {0xed, 0xa0}, {0xf5, 0x80}}) {
            event[at] = (byte) wrong[0];
            event[at + 1] = (byte) wrong[1];
            assertThat(plain.read(event)).as("%x %x", wrong[0], wrong[1]).isFalse();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyEventIsReadAsTheParserReadsIt(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] event = utf8(event(random));
            assertThat(outcome(both, event))
                    .as(() -> new String(event, StandardCharsets.UTF_8))
                    .isEqualTo(outcome(parser, event));
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                event[random.nextInt(event.length)] = (byte) "\"{}[]:,\\ 0e.-nt\u00ff".charAt(random.nextInt(16));
            }
            assertThat(outcome(both, event))
                    .as(() -> new String(event, StandardCharsets.UTF_8))
                    .isEqualTo(outcome(parser, event));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    private static String event(Random random) {
        boolean edge = random.nextInt(3) == 0;
        StringBuilder event = new StringBuilder("{\"op\":")
                .append(pick(
                        random,
                        edge
                                ? List.of("\"upsert_edge\"", "\"delete_edge\"")
                                : List.of("\"upsert\"", "\"patch\"", "\"delete\"", "null", "7")));
        if (edge) {
            event.append(",\"type\":\"T\",\"from\":").append(pick(random, KEYS)).append(",\"to\":\"b\"");
        } else {
            event.append(",\"collection\":\"c\",\"id\":").append(pick(random, KEYS));
        }
        if (random.nextInt(8) > 0) {
            event.append(",\"fields\":{");
            int count = random.nextInt(5);
            for (int i = 0; i < count; i++) {
                event.append(i == 0 ? "" : ",")
                        .append('"')
                        .append(pick(random, NAMES))
                        .append("\":");
                event.append(pick(random, random.nextBoolean() ? VALUES : VALUES.subList(0, 9)));
            }
            event.append('}');
        }
        return event.append('}').toString();
    }

    private static String pick(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static Object outcome(EventDecoder decoder, byte[] event) {
        try {
            return decoder.decode(null, event);
        } catch (MillraceException e) {
            return e.problems();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
