package io.millrace.index.document;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads points in time that events write as text. */
public final class Timestamps {
    private Timestamps() {}

    /** Returns epoch milliseconds of an ISO-8601 time with an offset, or of a date at midnight UTC; null for others. */
    public static @Nullable Long parse(String text) {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text)
                            .atStartOfDay()
                            .toInstant(ZoneOffset.UTC)
                            .toEpochMilli()
                    : OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                            .toInstant()
                            .toEpochMilli();
        } catch (DateTimeException | ArithmeticException notATime) {
            return null;
        }
    }
}
