package io.millrace.operators.types;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Serializes immutable values by a codec of ours: the length as an int, then the codec's bytes, which start with a
 * version. A newer codec reads older bytes, so the serializer itself never changes.
 */
abstract class CodecSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;

    private transient @Nullable ValueWriter writer;

    /** Writes the value, its version in front. */
    abstract void write(T value, ValueWriter out);

    /** Reads what {@link #write} of this or an older version wrote. */
    abstract T read(ValueReader in);

    @Override
    public final void serialize(T value, DataOutputView target) throws IOException {
        if (writer == null) {
            writer = new ValueWriter();
        }
        writer.reset();
        write(value, writer);
        target.writeInt(writer.length());
        target.write(writer.buffer(), 0, writer.length());
    }

    @Override
    public final T deserialize(DataInputView source) throws IOException {
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return read(new ValueReader(bytes));
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        // Over an array: DataOutputSerializer.write(DataInputView, int) does not grow its buffer.
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        target.writeInt(bytes.length);
        target.write(bytes);
    }

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    /** A duplicate has a buffer of its own. */
    @Override
    public final TypeSerializer<T> duplicate() {
        return create();
    }

    abstract CodecSerializer<T> create();

    @Override
    @SuppressWarnings("NullAway") // Flink asks for an instance to reuse; a value that is never changed needs none.
    public final T createInstance() {
        return null;
    }

    @Override
    public final T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return from;
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other != null && other.getClass() == getClass();
    }

    @Override
    public final int hashCode() {
        return getClass().hashCode();
    }
}
