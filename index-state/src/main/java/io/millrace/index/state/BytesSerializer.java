package io.millrace.index.state;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Plain bytes in state, for namespaces, keys and values: the length as an unsigned LEB128 varint, then the bytes, so that
 * no namespace is the beginning of another. Version 1; what the bytes mean is versioned inside them.
 */
public final class BytesSerializer extends TypeSerializer<byte[]> {
    public static final BytesSerializer INSTANCE = new BytesSerializer();

    private static final long serialVersionUID = 1;
    private static final byte[] EMPTY = {};

    private BytesSerializer() {}

    private Object readResolve() {
        return INSTANCE;
    }

    @Override
    public void serialize(byte[] bytes, DataOutputView out) throws IOException {
        int rest = bytes.length;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
        out.write(bytes);
    }

    /** Compares by the serialized form, as RocksDB orders keys. */
    static int compare(byte[] left, byte[] right) {
        int a = left.length;
        int b = right.length;
        while (a != b) {
            int sign = Integer.compare(lengthByte(a), lengthByte(b));
            if (sign != 0) {
                return sign;
            }
            a >>>= 7;
            b >>>= 7;
        }
        return left.length == right.length ? Arrays.compareUnsigned(left, right) : 0;
    }

    private static int lengthByte(int rest) {
        return (rest & ~0x7f) == 0 ? rest : rest & 0x7f | 0x80;
    }

    @Override
    public byte[] deserialize(DataInputView in) throws IOException {
        int length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int part = in.readByte();
            length |= (part & 0x7f) << shift;
            if (part >= 0) {
                byte[] bytes = new byte[length];
                in.readFully(bytes);
                return bytes;
            }
        }
        throw new IOException("bytes in state have a length of more than five bytes");
    }

    @Override
    public byte[] deserialize(byte[] reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public TypeSerializer<byte[]> duplicate() {
        return this;
    }

    @Override
    public byte[] createInstance() {
        return EMPTY;
    }

    @Override
    public byte[] copy(byte[] from) {
        return Arrays.copyOf(from, from.length);
    }

    @Override
    public byte[] copy(byte[] from, byte[] reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BytesSerializer;
    }

    @Override
    public int hashCode() {
        return BytesSerializer.class.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<byte[]> snapshotConfiguration() {
        return new BytesSerializerSnapshot();
    }
}
