package io.millrace.operators.types;

import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class WaitingRequestSerializer extends CodecSerializer<WaitingRequest> {
    private static final long serialVersionUID = 1;
    private static final int VERSION = 1;

    @Override
    void write(WaitingRequest value, ValueWriter out) {
        out.writeByte(VERSION);
        out.writeString(value.defaultId());
        RequestOrigin origin = value.origin();
        out.writeString(origin.tenant());
        out.writeLong(origin.timestampMs());
        out.writeNullableString(origin.replyTopic());
        Bytes.writeNullable(origin.correlationId(), out);
        out.writeBytes(value.value());
        out.writeLong(value.contentHash());
        out.writeLong(value.arrivedMs());
        out.writeLong(value.deadlineMs());
    }

    @Override
    WaitingRequest read(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version of a waiting request " + version);
        }
        return new WaitingRequest(
                in.readString(),
                new RequestOrigin(in.readString(), in.readLong(), in.readNullableString(), Bytes.readNullable(in)),
                in.readBytes(),
                in.readLong(),
                in.readLong(),
                in.readLong());
    }

    @Override
    CodecSerializer<WaitingRequest> create() {
        return new WaitingRequestSerializer();
    }

    @Override
    public TypeSerializerSnapshot<WaitingRequest> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<WaitingRequest> {
        public Snapshot() {
            super(WaitingRequestSerializer::new);
        }
    }
}
