package io.millrace.protocol.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes primitives and tagged values to a growing buffer that can be used again after {@link #reset}. Numbers are
 * big endian; lengths and counts are unsigned LEB128 varints; a string is its UTF-8 length and bytes.
 */
public final class ValueWriter {
    public static final int NULL = 0;
    public static final int FALSE = 1;
    public static final int TRUE = 2;
    public static final int LONG = 3;
    public static final int DOUBLE = 4;
    public static final int STRING = 5;
    public static final int VECTOR = 6;
    public static final int JSON = 7;
    public static final int NUMBERS = 8;

    private byte[] buffer;
    private int length;

    public ValueWriter() {
        this(256);
    }

    public ValueWriter(int capacity) {
        buffer = new byte[capacity];
    }

    public void reset() {
        length = 0;
    }

    public int length() {
        return length;
    }

    /** Cuts the buffer back to an earlier {@link #length}. */
    public void truncate(int newLength) {
        length = newLength;
    }

    /** Returns a copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }

    /** The buffer itself, valid up to {@link #length} until the next write. */
    public byte[] buffer() {
        return buffer;
    }

    public void writeByte(int value) {
        ensure(1);
        buffer[length++] = (byte) value;
    }

    public void writeBoolean(boolean value) {
        writeByte(value ? 1 : 0);
    }

    public void writeInt(int value) {
        ensure(4);
        buffer[length++] = (byte) (value >>> 24);
        buffer[length++] = (byte) (value >>> 16);
        buffer[length++] = (byte) (value >>> 8);
        buffer[length++] = (byte) value;
    }

    public void writeLong(long value) {
        writeInt((int) (value >>> 32));
        writeInt((int) value);
    }

    public void writeDouble(double value) {
        writeLong(Double.doubleToRawLongBits(value));
    }

    public void writeVarint(int value) {
        ensure(5);
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
    }

    /** Writes raw bytes without a length. */
    public void writeRaw(byte[] bytes, int offset, int count) {
        ensure(count);
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    public void writeBytes(byte[] bytes) {
        writeVarint(bytes.length);
        writeRaw(bytes, 0, bytes.length);
    }

    public void writeString(String value) {
        writeBytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public void writeNullableString(@Nullable String value) {
        writeBoolean(value != null);
        if (value != null) {
            writeString(value);
        }
    }

    public void writeFloats(float[] vector) {
        writeVarint(vector.length);
        ensure(vector.length * 4);
        for (float component : vector) {
            writeInt(Float.floatToRawIntBits(component));
        }
    }

    /**
     * Writes one tagged value.
     *
     * @throws IllegalArgumentException if {@code value} has none of the classes that {@link ValueType} names
     */
    public void writeValue(@Nullable Object value) {
        if (value == null) {
            writeByte(NULL);
        } else if (value instanceof Boolean b) {
            writeByte(b ? TRUE : FALSE);
        } else if (value instanceof Long l) {
            writeByte(LONG);
            writeLong(l);
        } else if (value instanceof Double d) {
            writeByte(DOUBLE);
            writeDouble(d);
        } else if (value instanceof String s) {
            writeByte(STRING);
            writeString(s);
        } else if (value instanceof float[] vector) {
            writeByte(VECTOR);
            writeFloats(vector);
        } else if (value instanceof JsonText json) {
            writeByte(JSON);
            writeString(json.text());
        } else if (value instanceof double[] numbers) {
            writeNumbersValue(numbers, numbers.length);
        } else {
            throw new IllegalArgumentException("no binary form for " + value.getClass());
        }
    }

    /** Writes a long as one tagged value, without boxing it. */
    public void writeLongValue(long value) {
        writeByte(LONG);
        writeLong(value);
    }

    /** Writes a double as one tagged value, without boxing it. */
    public void writeDoubleValue(double value) {
        writeByte(DOUBLE);
        writeDouble(value);
    }

    /** Writes the first {@code count} numbers as one tagged value. */
    public void writeNumbersValue(double[] numbers, int count) {
        writeByte(NUMBERS);
        writeVarint(count);
        for (int i = 0; i < count; i++) {
            writeDouble(numbers[i]);
        }
    }

    /** Writes JSON, given as UTF-8, as one tagged value. */
    public void writeJsonValue(byte[] utf8, int offset, int count) {
        writeByte(JSON);
        writeVarint(count);
        writeRaw(utf8, offset, count);
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(length, more)));
        }
    }
}
