package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.TimeRange;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses durations such as {@code 7d}, and the {@code time_range} of a step. */
public final class TimeRanges {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d|w)");
    private static final Map<String, Long> UNIT_MS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L, "w", 604_800_000L);
    private static final long DURATION_MS_MAX = 1_000L * 365 * 86_400_000L;

    private TimeRanges() {}

    /** Returns the milliseconds of a positive duration up to a thousand years; null where it is none. */
    public static @Nullable Long durationMs(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long count = Long.parseLong(matcher.group(1));
        Long unit = UNIT_MS.get(matcher.group(2));
        return unit == null || count < 1 || count > DURATION_MS_MAX / unit ? null : count * unit;
    }

    /**
     * Returns the range, or null for none. One that is longer than {@code retentionMs} cannot be answered in full and is
     * refused.
     *
     * @param nowMs what {@code last} counts back from
     */
    static @Nullable TimeRange parse(JsonObject params, long nowMs, @Nullable Long retentionMs) {
        JsonNode node = params.take("time_range");
        if (node == null) {
            return null;
        }
        java.util.List<io.millrace.protocol.Problem> problems = new java.util.ArrayList<>();
        JsonObject range = new JsonObject(node, params.path("time_range"), problems);
        String last = range.string("last");
        Long from = time(range, "from");
        Long to = time(range, "to");
        if (range.has("last") == (range.has("from") || range.has("to")) && node.isObject()) {
            range.add(ErrorCode.INVALID_TIME_RANGE, "last", "a time range needs \"last\", or \"from\" or \"to\"");
        }
        range.finish();
        TimeRange result = problems.isEmpty() ? range(range, last, from, to, nowMs) : null;
        if (result != null && retentionMs != null && from(result) && length(result, nowMs) > retentionMs) {
            params.add(
                    ErrorCode.INVALID_TIME_RANGE,
                    "time_range",
                    "the time range is longer than the retention of " + retentionMs + " ms");
        }
        problems.forEach(params::add);
        return result;
    }

    private static @Nullable TimeRange range(
            JsonObject range, @Nullable String last, @Nullable Long from, @Nullable Long to, long nowMs) {
        if (last != null) {
            Long duration = durationMs(last);
            if (duration == null) {
                range.add(
                        ErrorCode.INVALID_TIME_RANGE,
                        "last",
                        "\"" + JsonObject.shortened(last) + "\" is no duration such as 30s, 5m, 2h, 7d or 4w");
                return null;
            }
            return new TimeRange(nowMs - duration, nowMs);
        }
        long start = from == null ? Long.MIN_VALUE : from;
        long end = to == null ? Long.MAX_VALUE : to;
        if (start > end) {
            range.add(ErrorCode.INVALID_TIME_RANGE, "from", "\"from\" is after \"to\": " + start + " > " + end);
            return null;
        }
        return new TimeRange(start, end);
    }

    private static boolean from(TimeRange range) {
        return range.fromMs() != Long.MIN_VALUE;
    }

    private static long length(TimeRange range, long nowMs) {
        long end = range.toMs() == Long.MAX_VALUE ? Math.max(nowMs, range.fromMs()) : range.toMs();
        try {
            return Math.subtractExact(end, range.fromMs());
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    private static @Nullable Long time(JsonObject range, String name) {
        JsonNode node = range.take(name);
        if (node == null) {
            return null;
        }
        Object scalar = Values.scalar(node);
        Long time = scalar == null ? null : Values.timestamp(scalar);
        if (time == null) {
            range.add(
                    ErrorCode.INVALID_TIME_RANGE,
                    name,
                    JsonObject.describe(node) + " is neither ISO-8601 nor epoch milliseconds");
        }
        return time;
    }
}
