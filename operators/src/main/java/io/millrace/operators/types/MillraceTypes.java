package io.millrace.operators.types;

import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.ShardInput;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The types of all streams of the job. */
public final class MillraceTypes {
    public static final TypeInformation<SourceRecord> SOURCE_RECORD =
            new CodecTypeInformation<>(SourceRecord.class, new SourceRecordSerializer());
    public static final TypeInformation<OutgoingRecord> OUTGOING_RECORD =
            new CodecTypeInformation<>(OutgoingRecord.class, new OutgoingRecordSerializer());
    public static final TypeInformation<ShardInput> SHARD_INPUT =
            new CodecTypeInformation<>(ShardInput.class, new ShardInputSerializer());
    public static final TypeInformation<ShardOutput> SHARD_OUTPUT =
            new CodecTypeInformation<>(ShardOutput.class, new ShardOutputSerializer());
    public static final TypeInformation<LoopMessage> LOOP_MESSAGE =
            new CodecTypeInformation<>(LoopMessage.class, new LoopMessageSerializer());
    public static final TypeInformation<IncomingRequest> INCOMING_REQUEST =
            new CodecTypeInformation<>(IncomingRequest.class, new IncomingRequestSerializer());
    public static final TypeInformation<CoordinatorInput> COORDINATOR_INPUT =
            new CodecTypeInformation<>(CoordinatorInput.class, new CoordinatorInputSerializer());
    public static final TypeInformation<PendingRequest> PENDING_REQUEST =
            new CodecTypeInformation<>(PendingRequest.class, new PendingRequestSerializer());
    public static final TypeInformation<WaitingRequest> WAITING_REQUEST =
            new CodecTypeInformation<>(WaitingRequest.class, new WaitingRequestSerializer());

    private MillraceTypes() {}
}
