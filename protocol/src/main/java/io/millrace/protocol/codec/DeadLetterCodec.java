package io.millrace.protocol.codec;

import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters on their topic: key and value are the record's own bytes, the reason and the source stand in headers. A
 * value above the bound keeps a prefix, with its length and SHA-256 in headers.
 */
public final class DeadLetterCodec {
    public static final String REASON = "millrace.reason";
    public static final String MESSAGE = "millrace.message";
    public static final String SOURCE_TOPIC = "millrace.source.topic";
    public static final String SOURCE_PARTITION = "millrace.source.partition";
    public static final String SOURCE_OFFSET = "millrace.source.offset";
    public static final String SOURCE_TIMESTAMP = "millrace.source.timestamp";
    public static final String VALUE_BYTES = "millrace.value.bytes";
    public static final String VALUE_SHA256 = "millrace.value.sha256";

    private static final int MESSAGE_LENGTH_MAX = 2_000;

    private DeadLetterCodec() {}

    /** A record for the dead-letter topic. */
    public record Encoded(byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {}

    /** Returns the record of a dead letter whose key and value together have at most {@code bytesMax} bytes. */
    public static Encoded encode(DeadLetter letter, int bytesMax) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        put(headers, REASON, letter.problems().get(0).code().name());
        put(headers, MESSAGE, message(letter));
        put(headers, SOURCE_TOPIC, letter.topic());
        put(headers, SOURCE_PARTITION, Integer.toString(letter.partition()));
        put(headers, SOURCE_OFFSET, Long.toString(letter.offset()));
        put(headers, SOURCE_TIMESTAMP, Long.toString(letter.timestampMs()));
        byte[] key = letter.key() == null ? null : prefix(letter.key(), bytesMax / 4);
        int left = bytesMax - (key == null ? 0 : key.length);
        byte[] value = letter.value();
        if (value != null && value.length > left) {
            put(headers, VALUE_BYTES, Integer.toString(value.length));
            put(headers, VALUE_SHA256, sha256(value));
            value = prefix(value, left);
        }
        return new Encoded(key, value, headers);
    }

    private static String message(DeadLetter letter) {
        String all = letter.problems().stream().map(DeadLetterCodec::line).collect(Collectors.joining("; "));
        return all.length() <= MESSAGE_LENGTH_MAX ? all : all.substring(0, MESSAGE_LENGTH_MAX) + "…";
    }

    private static String line(Problem problem) {
        return problem.code() + " " + problem.message() + (problem.path() == null ? "" : " at " + problem.path());
    }

    private static byte[] prefix(byte[] bytes, int length) {
        return bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
    }

    private static void put(Map<String, byte[]> headers, String name, String value) {
        headers.put(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
