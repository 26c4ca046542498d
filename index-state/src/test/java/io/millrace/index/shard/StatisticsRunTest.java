package io.millrace.index.shard;

import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.StatisticsColumns;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.value.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsRunTest {
    private static final long HOUR = 3_600_000;

    private final Fixture fixture = new Fixture(3);

    private long logins() {
        long id = fixture.collection(
                Fixture.schema("logins", "at", new Field("n", ValueType.INT), new Field("at", ValueType.TIMESTAMP)));
        fixture.eventType("Login", "logins", EventTypePolicy.ACCEPT);
        fixture.eventType("Logout", "logins", EventTypePolicy.ACCEPT);
        return id;
    }

    private void login(long key, @Nullable String type, long at) {
        fixture.send(new DocumentChange(
                ChangeKind.UPSERT, "logins", Long.toString(key), type, false, EncodedFields.of(Map.of("at", at))));
    }

    /** Adds up what shards say: rows, oldest and newest by event type. */
    private static Map<String, List<Long>> sums(PartialResult.Rows rows) {
        Map<String, List<Long>> sums = new TreeMap<>();
        for (Object[] row : rows.rows()) {
            if (row[StatisticsColumns.ROWS] == null) {
                continue;
            }
            List<Long> one = asList((Long) row[StatisticsColumns.ROWS], (Long) row[StatisticsColumns.OLDEST_MS], (Long)
                    row[StatisticsColumns.NEWEST_MS]);
            sums.merge(
                    row[StatisticsColumns.COLLECTION_ID] + ":" + row[StatisticsColumns.EVENT_TYPE],
                    one,
                    (a, b) -> asList(a.get(0) + b.get(0), Math.min(a.get(1), b.get(1)), Math.max(a.get(2), b.get(2))));
        }
        return sums;
    }

    private PartialResult.Rows read(long... ids) {
        List<Long> asked = new ArrayList<>();
        for (long id : ids) {
            asked.add(id);
        }
        return Fixture.rowsOf(fixture.ask(new ReadStatistics(asked)));
    }

    @Test
    void rowsOfEveryEventTypeAreCountedWithTheirTimes() {
        long people = fixture.people();
        long logins = logins();
        for (int i = 0; i < 500; i++) {
            fixture.nowMs = 1_000 + i;
            fixture.upsert("people", "p" + i % 300, Map.of("age", 1L));
            login(i, i % 5 == 0 ? null : i % 2 == 0 ? "Login" : "Logout", i * HOUR / 10);
        }
        fixture.delete("people", "p0", false);

        PartialResult.Rows rows = read(people, logins);

        assertThat(sums(rows))
                .containsOnly(
                        Map.entry(people + ":null", asList(299L, 1_200L, 1_499L)),
                        Map.entry(logins + ":null", asList(100L, 0L, 495 * HOUR / 10)),
                        Map.entry(logins + ":Login", asList(200L, 2 * HOUR / 10, 498 * HOUR / 10)),
                        Map.entry(logins + ":Logout", asList(200L, HOUR / 10, 499 * HOUR / 10)));
        assertThat(rows.stats().rowsRead())
                .as("rows of people, and those of the outermost hours of logins")
                .isBetween(299L, 299L + 200);
    }

    @Test
    void aCollectionWithoutRowsHasNoCounts() {
        long people = fixture.people();
        fixture.upsert("people", "a", Map.of());
        fixture.delete("people", "a", false);

        assertThat(sums(read(people, logins()))).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33})
    void countsAreThoseOfAPlainMapAlsoAfterARestart(long seed) {
        Random random = new Random(seed);
        long people = fixture.people();
        long logins = logins();
        Map<String, Long> plain = new HashMap<>();
        Map<Long, Long> timed = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            long key = random.nextInt(200);
            switch (random.nextInt(4)) {
                case 0 -> {
                    fixture.nowMs += random.nextInt(10_000);
                    fixture.upsert("people", "p" + key, Map.of());
                    plain.put("p" + key, fixture.nowMs);
                }
                case 1 -> {
                    fixture.delete("people", "p" + key, false);
                    plain.remove("p" + key);
                }
                case 2 -> {
                    long at = random.nextInt(1_000_000_000);
                    login(key, "Login", at);
                    timed.put(key, at);
                }
                default -> {
                    fixture.delete("logins", Long.toString(key), false);
                    timed.remove(key);
                }
            }
        }
        Map<String, List<Long>> expected =
                Map.of(people + ":null", expected(plain.values()), logins + ":Login", expected(timed.values()));

        assertThat(sums(read(people, logins))).isEqualTo(expected);
        fixture.restart();
        assertThat(sums(read(people, logins))).isEqualTo(expected);
    }

    @Test
    void whatTheLastPassFoundIsToldWithoutAnotherLook() throws MillraceException {
        long people = fixture.people();
        fixture.keepStatistics(1_000);
        for (int i = 0; i < 90; i++) {
            fixture.upsert("people", "p" + i, Map.of("name", "n" + i % 10));
        }
        assertThat(measured(read(people)))
                .as("before the first pass")
                .containsOnlyNulls()
                .hasSize(3);

        fixture.nowMs += 100_000;
        fixture.backgroundWithRests();
        long atMs = fixture.nowMs;
        fixture.nowMs += 500;
        fixture.upsert("people", "later", Map.of());

        List<@Nullable String> told = measured(read(people));
        assertThat(told).doesNotContainNull().hasSize(3);
        long rows = 0;
        for (String text : told) {
            OfCollection one = (OfCollection) StatisticsCodec.read(text.getBytes(StandardCharsets.UTF_8));
            assertThat(one.atMs()).isEqualTo(atMs);
            assertThat(one.fields())
                    .allSatisfy(field -> assertThat(field.frequent()).isEmpty());
            rows += one.rows();
        }
        assertThat(rows).isEqualTo(90);

        fixture.restart();
        assertThat(measured(read(people))).containsOnlyNulls();
    }

    private static List<@Nullable String> measured(PartialResult.Rows rows) {
        List<@Nullable String> measured = new ArrayList<>();
        for (@Nullable Object[] row : rows.rows()) {
            if (row[StatisticsColumns.ROWS] == null) {
                measured.add((String) row[StatisticsColumns.MEASURED]);
            }
        }
        return measured;
    }

    private static List<Long> expected(java.util.Collection<Long> times) {
        return asList(
                (long) times.size(),
                times.stream().min(Long::compare).orElseThrow(),
                times.stream().max(Long::compare).orElseThrow());
    }

    @Test
    void aLongCountLetsOthersPassAndFailsWhenItsCollectionIsDropped() {
        long people = fixture.people();
        for (int i = 0; i < 2_000; i++) {
            fixture.upsert("people", "p" + i, Map.of());
        }
        fixture.restart();
        fixture.sliced();
        fixture.shards.submit(
                fixture.fragment(new ReadStatistics(List.of(people)), io.millrace.protocol.OffsetToken.NONE));
        assertThat(fixture.shards.hasRunning()).isTrue();
        fixture.control(new CatalogChange.DropCollection("people", false));
        fixture.finish();

        assertThat(fixture.partials.get(0).result()).isInstanceOf(PartialResult.Failed.class);
    }
}
