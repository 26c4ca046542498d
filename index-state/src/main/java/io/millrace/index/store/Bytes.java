package io.millrace.index.store;

import java.nio.charset.StandardCharsets;

/** Fixed-width and prefix-free byte strings for namespaces and keys. */
public final class Bytes {
    /** The namespace of a state that has only one. */
    public static final byte[] NONE = {};

    private Bytes() {}

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** Returns the eight bytes of {@code value}, big endian. */
    public static byte[] ofLong(long value) {
        byte[] bytes = new byte[Long.BYTES];
        putLong(bytes, 0, value);
        return bytes;
    }

    public static long toLong(byte[] bytes, int offset) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (bytes[offset + i] & 0xff);
        }
        return value;
    }

    public static void putLong(byte[] bytes, int offset, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[offset + i] = (byte) (value >>> (56 - 8 * i));
        }
    }

    public static void putInt(byte[] bytes, int offset, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[offset + i] = (byte) (value >>> (24 - 8 * i));
        }
    }
}
