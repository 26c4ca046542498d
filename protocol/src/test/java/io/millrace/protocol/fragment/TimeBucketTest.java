package io.millrace.protocol.fragment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimeBucketTest {
    @ParameterizedTest
    @EnumSource(TimeBucket.class)
    void floorsAsTheCalendarDoes(TimeBucket bucket) {
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            long time = (long) (random.nextGaussian() * 4e12);
            assertThat(bucket.floor(time)).as("%s of %s", bucket, time).isEqualTo(expected(bucket, time));
        }
    }

    private static long expected(TimeBucket bucket, long timeMs) {
        ZonedDateTime time = Instant.ofEpochMilli(timeMs).atZone(ZoneOffset.UTC);
        ZonedDateTime start = switch (bucket) {
            case MINUTE -> time.truncatedTo(ChronoUnit.MINUTES);
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> time.truncatedTo(ChronoUnit.DAYS);
            case WEEK -> time.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        };
        return start.toInstant().toEpochMilli();
    }

    @ParameterizedTest
    @EnumSource(TimeBucket.class)
    void staysInRangeAtTheEndsOfTime(TimeBucket bucket) {
        assertThat(bucket.floor(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(bucket.floor(Long.MAX_VALUE)).isBetween(Long.MAX_VALUE - bucket.lengthMs(), Long.MAX_VALUE);
    }

    @Test
    void isFoundByWhatUsersWrite() {
        assertThat(TimeBucket.of("1h")).isEqualTo(TimeBucket.HOUR);
        assertThat(TimeBucket.of("2h")).isNull();
        assertThat(TimeBucket.texts()).containsExactly("1m", "1h", "1d", "1w");
    }
}
