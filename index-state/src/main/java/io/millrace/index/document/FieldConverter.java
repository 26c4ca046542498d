package io.millrace.index.document;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.ValueWriter;
import io.millrace.protocol.value.WholeNumbers;
import org.jspecify.annotations.Nullable;

/**
 * Turns what JSON can say into values of a field's type, strictly and without loss: a value of another type is refused
 * and not guessed at. The common case copies bytes and makes no object.
 */
public final class FieldConverter {
    private FieldConverter() {}

    /**
     * Reads one tagged value that is not null, and writes it as a value of the type of {@code field}, which is no
     * VECTOR. Returns what is wrong, or null; then nothing sensible was written, but the reader stands behind the value.
     */
    public static @Nullable Problem convert(Field field, ValueReader in, ValueWriter out) {
        int start = in.position();
        int tag = in.buffer()[start];
        return switch (field.type()) {
            case STRING -> tag == ValueWriter.STRING ? copy(in, out) : wrongType(field, in);
            case BOOLEAN -> tag == ValueWriter.TRUE || tag == ValueWriter.FALSE ? copy(in, out) : wrongType(field, in);
            case INT -> tag == ValueWriter.LONG ? copy(in, out) : integral(field, in, out);
            case DOUBLE -> number(field, tag, in, out);
            case TIMESTAMP -> tag == ValueWriter.LONG ? copy(in, out) : timestamp(field, tag, in, out);
            case JSON -> tag == ValueWriter.JSON ? copy(in, out) : json(in, out);
            case VECTOR -> throw new IllegalArgumentException("a vector is read by VectorConverter");
        };
    }

    private static @Nullable Problem copy(ValueReader in, ValueWriter out) {
        int start = in.position();
        in.skipValue();
        out.writeRaw(in.buffer(), start, in.position() - start);
        return null;
    }

    private static @Nullable Problem integral(Field field, ValueReader in, ValueWriter out) {
        int start = in.position();
        if (in.readValue() instanceof Double number && WholeNumbers.isExact(number)) {
            out.writeLongValue(number.longValue());
            return null;
        }
        in.position(start);
        return wrongType(field, in);
    }

    private static @Nullable Problem number(Field field, int tag, ValueReader in, ValueWriter out) {
        if (tag != ValueWriter.LONG && tag != ValueWriter.DOUBLE) {
            return wrongType(field, in);
        }
        in.readByte();
        double number = tag == ValueWriter.LONG ? (double) in.readLong() : in.readDouble();
        if (!Double.isFinite(number)) {
            return Problem.of(
                    ErrorCode.INVALID_VALUE, "field \"" + field.name() + "\" needs a finite number, got " + number);
        }
        out.writeDoubleValue(number);
        return null;
    }

    private static @Nullable Problem timestamp(Field field, int tag, ValueReader in, ValueWriter out) {
        if (tag != ValueWriter.STRING) {
            return integral(field, in, out);
        }
        in.readByte();
        String text = in.readString();
        Long time = Timestamps.parse(text);
        if (time == null) {
            return Problem.of(
                            ErrorCode.INVALID_VALUE,
                            "field \"" + field.name() + "\" needs a TIMESTAMP, got \"" + shorten(text) + "\"")
                    .withHint("write ISO-8601 with an offset, such as 2026-01-31T12:00:00Z, or epoch milliseconds");
        }
        out.writeLongValue(time);
        return null;
    }

    private static @Nullable Problem json(ValueReader in, ValueWriter out) {
        out.writeValue(new JsonText(render(in.readValue())));
        return null;
    }

    private static String render(@Nullable Object value) {
        if (value instanceof double[] numbers) {
            StringBuilder array = new StringBuilder("[");
            for (int i = 0; i < numbers.length; i++) {
                array.append(i == 0 ? "" : ",").append(renderNumber(numbers[i]));
            }
            return array.append(']').toString();
        }
        if (value instanceof String text) {
            StringBuilder quoted = new StringBuilder("\"");
            JsonStringEncoder.getInstance().quoteAsString(text, quoted);
            return quoted.append('"').toString();
        }
        return value instanceof Double number ? renderNumber(number) : String.valueOf(value);
    }

    /** Whole numbers that a double holds exactly are written as such: {@code [1, 2]} stays {@code [1,2]}. */
    private static String renderNumber(double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) <= 0x1p53;
        boolean negativeZero = number == 0 && 1 / number < 0;
        return whole && !negativeZero ? Long.toString((long) number) : Double.toString(number);
    }

    private static Problem wrongType(Field field, ValueReader in) {
        Object value = in.readValue();
        return Problem.of(
                ErrorCode.INVALID_TYPE,
                "field \"" + field.name() + "\" needs " + article(field) + ", got " + describe(value));
    }

    private static String article(Field field) {
        return (field.type() == ValueType.INT ? "an " : "a ") + field.type();
    }

    private static String describe(@Nullable Object value) {
        if (value instanceof String text) {
            return "\"" + shorten(text) + "\"";
        }
        return value instanceof double[] numbers
                ? "an array of " + numbers.length + " numbers"
                : shorten(String.valueOf(value));
    }

    private static String shorten(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
