package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.value.ValueType;
import io.millrace.protocol.value.WholeNumbers;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Makes constants fit the type of the field they are compared with. */
public final class Values {
    private Values() {}

    /** Returns the scalar as String, Boolean, Long or Double; null where it is none. */
    public static @Nullable Object scalar(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (!node.isNumber()) {
            return null;
        }
        return node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue() : node.doubleValue();
    }

    /** Returns {@code raw} as a value of {@code type}; null where that is impossible. */
    public static @Nullable Object coerce(@Nullable Object raw, ValueType type) {
        if (raw == null) {
            return null;
        }
        return switch (type) {
            case STRING -> text(raw);
            case BOOLEAN -> flag(raw);
            case INT -> integer(raw);
            case DOUBLE -> decimal(raw);
            case TIMESTAMP -> timestamp(raw);
            case JSON -> raw;
            case VECTOR -> null;
        };
    }

    private static String text(Object raw) {
        return raw.toString();
    }

    private static @Nullable Boolean flag(Object raw) {
        if (raw instanceof Boolean flag) {
            return flag;
        }
        return "true".equals(raw) ? Boolean.TRUE : "false".equals(raw) ? Boolean.FALSE : null;
    }

    private static @Nullable Long integer(Object raw) {
        if (raw instanceof Long number) {
            return number;
        }
        if (raw instanceof Double number) {
            return WholeNumbers.isExact(number) ? (Long) number.longValue() : null;
        }
        if (raw instanceof Boolean || raw.toString().length() > 64) {
            return null;
        }
        try {
            return new BigDecimal(raw.toString().trim()).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private static @Nullable Double decimal(Object raw) {
        if (raw instanceof Number number) {
            return number.doubleValue();
        }
        if (raw instanceof Boolean || raw.toString().length() > 64) {
            return null;
        }
        try {
            double value = new BigDecimal(raw.toString().trim()).doubleValue();
            return Double.isFinite(value) ? value : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns epoch ms of ISO-8601 text (a date, or a date and time, UTC where it names no zone) or of a number. */
    static @Nullable Long timestamp(Object raw) {
        if (!(raw instanceof String text) || text.isEmpty() || text.length() > 64) {
            return raw instanceof Boolean ? null : integer(raw);
        }
        try {
            if (text.indexOf('T') < 0 && text.indexOf('-', 1) < 0) {
                return integer(text);
            }
            return instant(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    private static Instant instant(String text) {
        if (text.indexOf('T') < 0) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        String time = text.substring(text.indexOf('T'));
        boolean zoned = time.endsWith("Z") || time.indexOf('+') >= 0 || time.indexOf('-') >= 0;
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
}
