package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeadLetterCodecTest {
    private static final List<Problem> PROBLEMS = List.of(
            Problem.at(ErrorCode.INVALID_TYPE, "$.fields.year", "field \"year\" needs an INT, got \"x\""),
            Problem.of(ErrorCode.INVALID_EVENT, "and more"));

    @Test
    void recordIsUntouchedAndHeadersSayWhereItStoodAndWhy() {
        byte[] value = {1, (byte) 0xff, 3};
        DeadLetterCodec.Encoded letter = encode(PROBLEMS, bytes("k"), value, 100);

        assertThat(letter.key()).isEqualTo(bytes("k"));
        assertThat(letter.value()).isEqualTo(value);
        assertThat(headers(letter))
                .isEqualTo(Map.of(
                        "millrace.reason", "INVALID_TYPE",
                        "millrace.message",
                                "INVALID_TYPE field \"year\" needs an INT, got \"x\" at $.fields.year; INVALID_EVENT and more",
                        "millrace.source.topic", "millrace.events",
                        "millrace.source.partition", "3",
                        "millrace.source.offset", "1099511627776",
                        "millrace.source.timestamp", "1700000000000"));
    }

    @Test
    void oversizedValueKeepsAPrefixItsLengthAndItsSha256() throws NoSuchAlgorithmException {
        byte[] value = new byte[5_000];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) i;
        }
        DeadLetterCodec.Encoded letter = encode(PROBLEMS, bytes("key"), value, 1_000);

        assertThat(letter.value()).isEqualTo(Arrays.copyOf(value, 997));
        assertThat(headers(letter))
                .containsEntry("millrace.value.bytes", "5000")
                .containsEntry(
                        "millrace.value.sha256",
                        HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
    }

    @Test
    void keyAndValueTogetherStayWithinTheBound() {
        for (int keyBytes : new int[] {0, 10, 400, 5_000}) {
            for (int valueBytes : new int[] {0, 600, 990, 1_000, 1_001, 50_000}) {
                DeadLetterCodec.Encoded letter = encode(PROBLEMS, new byte[keyBytes], new byte[valueBytes], 1_000);
                int total = java.util.Objects.requireNonNull(letter.key()).length
                        + java.util.Objects.requireNonNull(letter.value()).length;
                assertThat(total).isLessThanOrEqualTo(1_000);
                assertThat(letter.headers().containsKey(DeadLetterCodec.VALUE_SHA256))
                        .isEqualTo(java.util.Objects.requireNonNull(letter.value()).length < valueBytes);
            }
        }
    }

    @Test
    void headersStayBoundedWhateverTheProblemsSay() {
        Problem large = Problem.at(ErrorCode.INVALID_VALUE, "$." + "p".repeat(1_000), "\ud83d\ude00".repeat(5_000));
        DeadLetterCodec.Encoded letter = encode(Collections.nCopies(100, large), bytes("k"), bytes("v"), 1_000);

        assertThat(letter.headers().values().stream()
                        .mapToInt(header -> header.length)
                        .sum())
                .isLessThan(10_000);
    }

    @Test
    @SuppressWarnings("NullAway") // It does not see the annotation of an array in a record of another compilation.
    void recordWithoutKeyOrValueHasNone() {
        DeadLetter letter = new DeadLetter("e", 0, 0, 0, PROBLEMS, null, null);

        assertThat(DeadLetterCodec.encode(letter, 100).key()).isNull();
        assertThat(DeadLetterCodec.encode(letter, 100).value()).isNull();
        assertThatThrownBy(() -> new DeadLetter("e", 0, 0, 0, List.of(), null, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static DeadLetterCodec.Encoded encode(List<Problem> problems, byte[] key, byte[] value, int bytesMax) {
        return DeadLetterCodec.encode(
                new DeadLetter("millrace.events", 3, 1L << 40, 1_700_000_000_000L, problems, key, value), bytesMax);
    }

    private static Map<String, String> headers(DeadLetterCodec.Encoded letter) {
        Map<String, String> headers = new TreeMap<>();
        letter.headers().forEach((name, bytes) -> headers.put(name, new String(bytes, StandardCharsets.UTF_8)));
        return headers;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
