package io.millrace.operators.types;

import io.millrace.protocol.Problem;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.codec.ProblemCodec;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

final class IncomingRequestSerializer extends CodecSerializer<IncomingRequest> {
    private static final long serialVersionUID = 1;

    @Override
    void write(IncomingRequest value, ValueWriter out) {
        out.writeString(value.planningKey());
        out.writeString(value.defaultId());
        RequestOrigin origin = value.origin();
        out.writeString(origin.tenant());
        out.writeLong(origin.timestampMs());
        out.writeNullableString(origin.replyTopic());
        Bytes.writeNullable(origin.correlationId(), out);
        out.writeBytes(value.value());
        out.writeVarint(value.problems().size());
        for (Problem problem : value.problems()) {
            ProblemCodec.write(problem, out);
        }
    }

    @Override
    IncomingRequest read(ValueReader in) {
        String planningKey = in.readString();
        String defaultId = in.readString();
        RequestOrigin origin =
                new RequestOrigin(in.readString(), in.readLong(), in.readNullableString(), Bytes.readNullable(in));
        byte[] value = in.readBytes();
        List<Problem> problems = new ArrayList<>();
        for (int left = in.readVarint(); left > 0; left--) {
            problems.add(ProblemCodec.read(in));
        }
        return new IncomingRequest(planningKey, defaultId, origin, value, problems);
    }

    @Override
    CodecSerializer<IncomingRequest> create() {
        return new IncomingRequestSerializer();
    }

    @Override
    public TypeSerializerSnapshot<IncomingRequest> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Restores the serializer; the bytes themselves carry their version. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<IncomingRequest> {
        public Snapshot() {
            super(IncomingRequestSerializer::new);
        }
    }
}
