package io.millrace.operators.types;

import io.millrace.protocol.codec.FragmentCodec;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class LoopMessageSerializer extends CodecSerializer<LoopMessage> {
    private static final long serialVersionUID = 1;

    @Override
    void write(LoopMessage value, ValueWriter out) {
        if (value instanceof LoopMessage.Ask ask) {
            out.writeByte(1);
            FragmentCodec.write(ask.fragment(), out);
        } else {
            LoopMessage.Control control = (LoopMessage.Control) value;
            out.writeByte(0);
            out.writeLong(control.offset());
            out.writeBytes(control.value());
        }
    }

    @Override
    LoopMessage read(ValueReader in) {
        return in.readByte() == 1
                ? new LoopMessage.Ask(FragmentCodec.read(in))
                : new LoopMessage.Control(in.readLong(), in.readBytes());
    }

    @Override
    CodecSerializer<LoopMessage> create() {
        return new LoopMessageSerializer();
    }

    @Override
    public TypeSerializerSnapshot<LoopMessage> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<LoopMessage> {
        public Snapshot() {
            super(LoopMessageSerializer::new);
        }
    }
}
