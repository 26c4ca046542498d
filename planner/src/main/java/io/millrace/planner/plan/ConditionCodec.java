package io.millrace.planner.plan;

import io.millrace.planner.plan.Condition.ColumnValue;
import io.millrace.planner.plan.Condition.Constant;
import io.millrace.planner.plan.Condition.Operand;
import io.millrace.protocol.codec.CodecLists;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Conditions in binary: a kind byte and its parts; kind 0 stands for none. */
final class ConditionCodec {
    private static final Comparison[] COMPARISONS = Comparison.values();

    private ConditionCodec() {}

    static void write(@Nullable Condition condition, ValueWriter out) {
        if (condition == null) {
            out.writeByte(0);
        } else if (condition instanceof Condition.And and) {
            out.writeByte(1);
            CodecLists.write(and.operands(), out, operand -> write(operand, out));
        } else if (condition instanceof Condition.Or or) {
            out.writeByte(2);
            CodecLists.write(or.operands(), out, operand -> write(operand, out));
        } else if (condition instanceof Condition.Not not) {
            out.writeByte(3);
            write(not.operand(), out);
        } else if (condition instanceof Condition.Compare compare) {
            out.writeByte(4);
            writeOperand(compare.left(), out);
            out.writeByte(compare.comparison().ordinal());
            writeOperand(compare.right(), out);
        } else if (condition instanceof Condition.In in) {
            out.writeByte(5);
            writeOperand(in.operand(), out);
            CodecLists.write(in.values(), out, out::writeValue);
        } else if (condition instanceof Condition.Like like) {
            out.writeByte(7);
            out.writeVarint(like.column());
            out.writeString(like.pattern());
        } else {
            Condition.IsNull isNull = (Condition.IsNull) condition;
            out.writeByte(6);
            out.writeVarint(isNull.column());
            out.writeBoolean(isNull.expected());
        }
    }

    static @Nullable Condition read(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> null;
            case 1 -> new Condition.And(CodecLists.read(in, () -> required(in)));
            case 2 -> new Condition.Or(CodecLists.read(in, () -> required(in)));
            case 3 -> new Condition.Not(required(in));
            case 4 -> new Condition.Compare(readOperand(in), COMPARISONS[in.readByte()], readOperand(in));
            case 5 -> new Condition.In(readOperand(in), CodecLists.read(in, () -> constant(in)));
            case 6 -> new Condition.IsNull(in.readVarint(), in.readBoolean());
            case 7 -> new Condition.Like(in.readVarint(), in.readString());
            default -> throw new IllegalStateException("unknown condition kind " + kind);
        };
    }

    private static Condition required(ValueReader in) {
        return Objects.requireNonNull(read(in), "an operand");
    }

    private static Object constant(ValueReader in) {
        return Objects.requireNonNull(in.readValue(), "a constant");
    }

    private static void writeOperand(Operand operand, ValueWriter out) {
        if (operand instanceof ColumnValue column) {
            out.writeByte(0);
            out.writeVarint(column.column());
            out.writeBoolean(column.zeroIfMissing());
        } else {
            out.writeByte(1);
            out.writeValue(((Constant) operand).constant());
        }
    }

    private static Operand readOperand(ValueReader in) {
        return in.readByte() == 0 ? new ColumnValue(in.readVarint(), in.readBoolean()) : new Constant(constant(in));
    }
}
