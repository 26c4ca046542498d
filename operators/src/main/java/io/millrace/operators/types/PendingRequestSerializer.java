package io.millrace.operators.types;

import io.millrace.planner.plan.PlannedRequestCodec;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class PendingRequestSerializer extends CodecSerializer<PendingRequest> {
    private static final long serialVersionUID = 1;

    @Override
    void write(PendingRequest value, ValueWriter out) {
        out.writeInt(value.attempt());
        PlannedRequestCodec.write(value.request(), out);
    }

    @Override
    PendingRequest read(ValueReader in) {
        return new PendingRequest(in.readInt(), PlannedRequestCodec.read(in));
    }

    @Override
    CodecSerializer<PendingRequest> create() {
        return new PendingRequestSerializer();
    }

    @Override
    public TypeSerializerSnapshot<PendingRequest> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<PendingRequest> {
        public Snapshot() {
            super(PendingRequestSerializer::new);
        }
    }
}
