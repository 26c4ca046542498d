package io.millrace.operators.types;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class OutgoingRecordSerializer extends CodecSerializer<OutgoingRecord> {
    private static final long serialVersionUID = 1;

    @Override
    void write(OutgoingRecord value, ValueWriter out) {
        out.writeString(value.topic());
        Bytes.writeNullable(value.key(), out);
        Bytes.writeNullable(value.value(), out);
        Bytes.writeHeaders(value.headers(), out);
    }

    @Override
    OutgoingRecord read(ValueReader in) {
        return new OutgoingRecord(
                in.readString(), Bytes.readNullable(in), Bytes.readNullable(in), Bytes.readHeaders(in));
    }

    @Override
    CodecSerializer<OutgoingRecord> create() {
        return new OutgoingRecordSerializer();
    }

    @Override
    public TypeSerializerSnapshot<OutgoingRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<OutgoingRecord> {
        public Snapshot() {
            super(OutgoingRecordSerializer::new);
        }
    }
}
