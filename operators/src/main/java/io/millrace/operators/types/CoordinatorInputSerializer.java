package io.millrace.operators.types;

import io.millrace.planner.plan.PlannedRequestCodec;
import io.millrace.protocol.codec.ShardOutputCodec;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class CoordinatorInputSerializer extends CodecSerializer<CoordinatorInput> {
    private static final long serialVersionUID = 1;

    @Override
    void write(CoordinatorInput value, ValueWriter out) {
        if (value instanceof CoordinatorInput.Planned planned) {
            out.writeByte(0);
            PlannedRequestCodec.write(planned.request(), out);
        } else {
            out.writeByte(1);
            ShardOutputCodec.write(((CoordinatorInput.Acknowledged) value).applied(), out);
        }
    }

    @Override
    CoordinatorInput read(ValueReader in) {
        return in.readByte() == 0
                ? new CoordinatorInput.Planned(PlannedRequestCodec.read(in))
                : new CoordinatorInput.Acknowledged((ControlApplied) ShardOutputCodec.read(in));
    }

    @Override
    CodecSerializer<CoordinatorInput> create() {
        return new CoordinatorInputSerializer();
    }

    @Override
    public TypeSerializerSnapshot<CoordinatorInput> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<CoordinatorInput> {
        public Snapshot() {
            super(CoordinatorInputSerializer::new);
        }
    }
}
