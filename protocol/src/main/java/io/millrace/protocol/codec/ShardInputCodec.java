package io.millrace.protocol.codec;

import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.List;

/** Mutations and markers in binary, version 1 in front. The mutation alone is also the form of pending work in state. */
public final class ShardInputCodec {
    private static final int VERSION = 1;
    private static final int MARKER = 0;
    private static final int FORWARD = 1;
    private static final int REVERSE = 2;
    private static final int BATCH = 3;
    private static final ChangeKind[] KINDS = ChangeKind.values();

    private ShardInputCodec() {}

    public static void write(ShardInput input, ValueWriter out) {
        out.writeByte(VERSION);
        if (input instanceof ProgressMarker marker) {
            out.writeByte(MARKER);
            out.writeVarint(marker.shard());
            writePosition(marker.position(), out);
        } else if (input instanceof MutationBatch batch) {
            out.writeByte(BATCH);
            out.writeVarint(batch.shard());
            out.writeVarint(batch.mutations().size());
            for (RoutedMutation routed : batch.mutations()) {
                out.writeBoolean(routed.reverse());
                writeRouted(routed, out);
            }
        } else {
            RoutedMutation routed = (RoutedMutation) input;
            out.writeByte(routed.reverse() ? REVERSE : FORWARD);
            out.writeVarint(routed.shard());
            writeRouted(routed, out);
        }
    }

    private static void writeRouted(RoutedMutation routed, ValueWriter out) {
        writePosition(routed.position(), out);
        writeMutation(routed.mutation(), out);
        out.writeBytes(routed.rawKey());
        out.writeBytes(routed.rawValue());
    }

    public static ShardInput read(ValueReader in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown shard input version " + version);
        }
        int kind = in.readByte();
        int shard = in.readVarint();
        return switch (kind) {
            case MARKER -> new ProgressMarker(shard, readPosition(in));
            case FORWARD -> readRouted(shard, false, in);
            case REVERSE -> readRouted(shard, true, in);
            case BATCH -> readBatch(shard, in);
            default -> throw new IllegalStateException("unknown shard input kind " + kind);
        };
    }

    private static MutationBatch readBatch(int shard, ValueReader in) {
        RoutedMutation[] mutations = new RoutedMutation[in.readVarint()];
        for (int i = 0; i < mutations.length; i++) {
            mutations[i] = readRouted(shard, in.readBoolean(), in);
        }
        return new MutationBatch(shard, List.of(mutations));
    }

    private static RoutedMutation readRouted(int shard, boolean reverse, ValueReader in) {
        return new RoutedMutation(shard, readPosition(in), reverse, readMutation(in), in.readBytes(), in.readBytes());
    }

    public static void writeMutation(Mutation mutation, ValueWriter out) {
        if (mutation instanceof DocumentChange change) {
            out.writeByte(0);
            out.writeByte(change.kind().ordinal());
            out.writeString(change.collection());
            out.writeString(change.key());
            out.writeNullableString(change.eventType());
            out.writeBoolean(change.withEdges());
            out.writeBytes(change.fields().bytes());
        } else {
            EdgeChange change = (EdgeChange) mutation;
            out.writeByte(1);
            out.writeByte(change.kind().ordinal());
            out.writeString(change.type());
            out.writeString(change.from());
            out.writeString(change.to());
            out.writeNullableString(change.id());
            out.writeBytes(change.fields().bytes());
        }
    }

    public static Mutation readMutation(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 ->
                new DocumentChange(
                        KINDS[in.readByte()],
                        in.readString(),
                        in.readString(),
                        in.readNullableString(),
                        in.readBoolean(),
                        new EncodedFields(in.readBytes()));
            case 1 ->
                new EdgeChange(
                        KINDS[in.readByte()],
                        in.readString(),
                        in.readString(),
                        in.readString(),
                        in.readNullableString(),
                        new EncodedFields(in.readBytes()));
            default -> throw new IllegalStateException("unknown mutation kind " + kind);
        };
    }

    private static void writePosition(SourcePosition position, ValueWriter out) {
        out.writeVarint(position.topic());
        out.writeVarint(position.partition());
        out.writeLong(position.offset());
        out.writeLong(position.timestampMs());
    }

    private static SourcePosition readPosition(ValueReader in) {
        return new SourcePosition(in.readVarint(), in.readVarint(), in.readLong(), in.readLong());
    }
}
