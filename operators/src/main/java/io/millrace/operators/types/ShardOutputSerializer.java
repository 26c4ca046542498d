package io.millrace.operators.types;

import io.millrace.protocol.codec.ShardOutputCodec;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class ShardOutputSerializer extends CodecSerializer<ShardOutput> {
    private static final long serialVersionUID = 1;

    @Override
    void write(ShardOutput value, ValueWriter out) {
        ShardOutputCodec.write(value, out);
    }

    @Override
    ShardOutput read(ValueReader in) {
        return ShardOutputCodec.read(in);
    }

    @Override
    CodecSerializer<ShardOutput> create() {
        return new ShardOutputSerializer();
    }

    @Override
    public TypeSerializerSnapshot<ShardOutput> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<ShardOutput> {
        public Snapshot() {
            super(ShardOutputSerializer::new);
        }
    }
}
