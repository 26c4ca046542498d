package io.millrace.protocol.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ValueWriter} wrote.
 *
 * <p>A truncated or foreign buffer throws {@link IndexOutOfBoundsException} or {@link IllegalStateException}: such
 * bytes come from our own state or network, so this is a fault and not bad input.
 */
public final class ValueReader {
    private final byte[] buffer;
    private final int end;
    private int position;

    public ValueReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ValueReader(byte[] bytes, int offset, int length) {
        buffer = bytes;
        position = offset;
        end = offset + length;
    }

    public int position() {
        return position;
    }

    public void position(int newPosition) {
        position = newPosition;
    }

    public boolean hasRemaining() {
        return position < end;
    }

    public byte[] buffer() {
        return buffer;
    }

    public int readByte() {
        return buffer[position++];
    }

    public boolean readBoolean() {
        return buffer[position++] != 0;
    }

    public int readInt() {
        int value = (buffer[position] & 0xff) << 24
                | (buffer[position + 1] & 0xff) << 16
                | (buffer[position + 2] & 0xff) << 8
                | (buffer[position + 3] & 0xff);
        position += 4;
        return value;
    }

    public long readLong() {
        long high = readInt();
        return high << 32 | (readInt() & 0xffffffffL);
    }

    public double readDouble() {
        return Double.longBitsToDouble(readLong());
    }

    public int readVarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = buffer[position++];
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalStateException("varint of more than five bytes at " + position);
    }

    public byte[] readBytes() {
        int length = readVarint();
        Objects.checkFromIndexSize(position, length, buffer.length); // copyOfRange would pad with zeros.
        byte[] bytes = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        return bytes;
    }

    public String readString() {
        int length = readVarint();
        String value = new String(buffer, position, length, StandardCharsets.UTF_8);
        position += length;
        return value;
    }

    public @Nullable String readNullableString() {
        return readBoolean() ? readString() : null;
    }

    public float[] readFloats() {
        float[] vector = new float[readVarint()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = Float.intBitsToFloat(readInt());
        }
        return vector;
    }

    /** Reads one tagged value; an array of plain numbers comes back as {@code double[]}. */
    public @Nullable Object readValue() {
        int tag = readByte();
        return switch (tag) {
            case ValueWriter.NULL -> null;
            case ValueWriter.FALSE -> false;
            case ValueWriter.TRUE -> true;
            case ValueWriter.LONG -> readLong();
            case ValueWriter.DOUBLE -> readDouble();
            case ValueWriter.STRING -> readString();
            case ValueWriter.VECTOR -> readFloats();
            case ValueWriter.JSON -> new JsonText(readString());
            case ValueWriter.NUMBERS -> readNumbers();
            default -> throw new IllegalStateException("unknown value tag " + tag + " at " + (position - 1));
        };
    }

    /** Steps over one tagged value without making an object of it. */
    public void skipValue() {
        int tag = readByte();
        switch (tag) {
            case ValueWriter.NULL, ValueWriter.FALSE, ValueWriter.TRUE -> {}
            case ValueWriter.LONG, ValueWriter.DOUBLE -> position += 8;
            case ValueWriter.STRING, ValueWriter.JSON -> {
                int length = readVarint();
                position += length;
            }
            case ValueWriter.VECTOR -> {
                int length = readVarint();
                position += 4 * length;
            }
            case ValueWriter.NUMBERS -> {
                int length = readVarint();
                position += 8 * length;
            }
            default -> throw new IllegalStateException("unknown value tag " + tag + " at " + (position - 1));
        }
    }

    private double[] readNumbers() {
        double[] numbers = new double[readVarint()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = readDouble();
        }
        return numbers;
    }
}
