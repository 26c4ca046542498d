package io.millrace.operators.types;

import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class SourceRecordSerializer extends CodecSerializer<SourceRecord> {
    private static final long serialVersionUID = 1;

    @Override
    void write(SourceRecord value, ValueWriter out) {
        out.writeString(value.topic());
        out.writeInt(value.partition());
        out.writeLong(value.offset());
        out.writeLong(value.timestampMs());
        Bytes.writeNullable(value.key(), out);
        Bytes.writeNullable(value.value(), out);
        Bytes.writeHeaders(value.headers(), out);
    }

    @Override
    SourceRecord read(ValueReader in) {
        return new SourceRecord(
                in.readString(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                Bytes.readNullable(in),
                Bytes.readNullable(in),
                Bytes.readHeaders(in));
    }

    @Override
    CodecSerializer<SourceRecord> create() {
        return new SourceRecordSerializer();
    }

    @Override
    public TypeSerializerSnapshot<SourceRecord> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SourceRecord> {
        public Snapshot() {
            super(SourceRecordSerializer::new);
        }
    }
}
