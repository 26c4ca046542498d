package io.millrace.planner.plan;

import io.millrace.planner.plan.RowQuery.OfKey;
import io.millrace.planner.plan.RowQuery.OfKeyColumn;
import io.millrace.planner.plan.RowQuery.OfVectorColumn;
import io.millrace.planner.plan.RowQuery.StoredVector;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;

/** What is near a row, in binary: a kind byte and what the kind has. Kinds are append only. */
final class RowQueryCodec {
    private RowQueryCodec() {}

    static void write(RowQuery query, ValueWriter out) {
        if (query.row() instanceof OfKey of) {
            out.writeByte(0);
            writeStored(of.stored(), out);
            out.writeString(of.key());
        } else if (query.row() instanceof OfKeyColumn of) {
            out.writeByte(1);
            writeStored(of.stored(), out);
            out.writeVarint(of.step());
            out.writeVarint(of.column());
        } else {
            OfVectorColumn of = (OfVectorColumn) query.row();
            out.writeByte(2);
            out.writeVarint(of.step());
            out.writeVarint(of.column());
            out.writeInt(of.keyColumn());
        }
        out.writeVarint(query.dimension());
        out.writeBoolean(query.excludeSelf());
    }

    static RowQuery read(ValueReader in) {
        int kind = in.readByte();
        RowQuery.Row row = switch (kind) {
            case 0 -> new OfKey(readStored(in), in.readString());
            case 1 -> new OfKeyColumn(readStored(in), in.readVarint(), in.readVarint());
            case 2 -> new OfVectorColumn(in.readVarint(), in.readVarint(), in.readInt());
            default -> throw new IllegalStateException("unknown kind " + kind + " of a row to search near");
        };
        return new RowQuery(row, in.readVarint(), in.readBoolean());
    }

    private static void writeStored(StoredVector stored, ValueWriter out) {
        out.writeLong(stored.collectionId());
        out.writeString(stored.collection());
        out.writeBoolean(stored.intKey());
        out.writeString(stored.field());
    }

    private static StoredVector readStored(ValueReader in) {
        return new StoredVector(in.readLong(), in.readString(), in.readBoolean(), in.readString());
    }
}
