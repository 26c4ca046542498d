package io.millrace.protocol.codec;

import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Predicates in binary: a kind byte and its parts. */
public final class PredicateCodec {
    private static final Comparison[] COMPARISONS = Comparison.values();

    private PredicateCodec() {}

    public static void write(Predicate predicate, ValueWriter out) {
        if (predicate instanceof Predicate.And and) {
            out.writeByte(0);
            writeAll(and.operands(), out);
        } else if (predicate instanceof Predicate.Or or) {
            out.writeByte(1);
            writeAll(or.operands(), out);
        } else if (predicate instanceof Predicate.Not not) {
            out.writeByte(2);
            write(not.operand(), out);
        } else if (predicate instanceof Predicate.Compare compare) {
            out.writeByte(3);
            out.writeString(compare.field());
            out.writeByte(compare.comparison().ordinal());
            out.writeValue(compare.value());
        } else if (predicate instanceof Predicate.CompareFields compare) {
            out.writeByte(4);
            out.writeString(compare.left());
            out.writeByte(compare.comparison().ordinal());
            out.writeString(compare.right());
        } else if (predicate instanceof Predicate.In in) {
            out.writeByte(5);
            out.writeString(in.field());
            out.writeVarint(in.values().size());
            in.values().forEach(out::writeValue);
        } else if (predicate instanceof Predicate.Contains contains) {
            out.writeByte(6);
            out.writeString(contains.field());
            out.writeValue(contains.value());
        } else if (predicate instanceof Predicate.StartsWith startsWith) {
            out.writeByte(7);
            out.writeString(startsWith.field());
            out.writeString(startsWith.prefix());
        } else if (predicate instanceof Predicate.Like like) {
            out.writeByte(9);
            out.writeString(like.field());
            out.writeString(like.pattern());
        } else {
            Predicate.Exists exists = (Predicate.Exists) predicate;
            out.writeByte(8);
            out.writeString(exists.field());
            out.writeBoolean(exists.expected());
        }
    }

    public static Predicate read(ValueReader in) {
        int kind = in.readByte();
        return switch (kind) {
            case 0 -> new Predicate.And(readAll(in));
            case 1 -> new Predicate.Or(readAll(in));
            case 2 -> new Predicate.Not(read(in));
            case 3 -> new Predicate.Compare(in.readString(), COMPARISONS[in.readByte()], constant(in));
            case 4 -> new Predicate.CompareFields(in.readString(), COMPARISONS[in.readByte()], in.readString());
            case 5 -> new Predicate.In(in.readString(), readConstants(in));
            case 6 -> new Predicate.Contains(in.readString(), constant(in));
            case 7 -> new Predicate.StartsWith(in.readString(), in.readString());
            case 8 -> new Predicate.Exists(in.readString(), in.readBoolean());
            case 9 -> new Predicate.Like(in.readString(), in.readString());
            default -> throw new IllegalStateException("unknown predicate kind " + kind);
        };
    }

    private static void writeAll(List<Predicate> predicates, ValueWriter out) {
        out.writeVarint(predicates.size());
        predicates.forEach(predicate -> write(predicate, out));
    }

    private static List<Predicate> readAll(ValueReader in) {
        int count = in.readVarint();
        List<Predicate> predicates = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            predicates.add(read(in));
        }
        return predicates;
    }

    private static List<Object> readConstants(ValueReader in) {
        int count = in.readVarint();
        List<Object> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(constant(in));
        }
        return values;
    }

    private static Object constant(ValueReader in) {
        return Objects.requireNonNull(in.readValue(), "a predicate's constant");
    }
}
