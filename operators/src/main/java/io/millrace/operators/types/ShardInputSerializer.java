package io.millrace.operators.types;

import io.millrace.protocol.codec.ShardInputCodec;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class ShardInputSerializer extends CodecSerializer<ShardInput> {
    private static final long serialVersionUID = 1;

    @Override
    void write(ShardInput value, ValueWriter out) {
        ShardInputCodec.write(value, out);
    }

    @Override
    ShardInput read(ValueReader in) {
        return ShardInputCodec.read(in);
    }

    @Override
    CodecSerializer<ShardInput> create() {
        return new ShardInputSerializer();
    }

    @Override
    public TypeSerializerSnapshot<ShardInput> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ShardInput> {
        public Snapshot() {
            super(ShardInputSerializer::new);
        }
    }
}
