package io.millrace.index.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.index.Shared;
import io.millrace.index.shard.Fixture;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents through a whole set of shards. */
class DocumentStoreTest {
    private static final long HOUR_MS = 3_600_000;
    private static final Field ID = new Field("id", ValueType.STRING);

    private final Fixture fixture = new Fixture(2);

    private long logins() {
        return fixture.collection(Fixture.schema(
                "logins", "at", ID, new Field("at", ValueType.TIMESTAMP), new Field("user", ValueType.STRING)));
    }

    private void login(String id, @Nullable String eventType, long atMs) {
        fixture.send(new DocumentChange(
                ChangeKind.UPSERT, "logins", id, eventType, false, EncodedFields.of(Map.of("at", atMs))));
    }

    private PartialResult.Rows range(long collection, @Nullable Long eventType, long fromMs, long toMs) {
        return Fixture.rowsOf(fixture.ask(new ScanDocuments(
                new DocumentSelection(collection, eventType, new TimeRange(fromMs, toMs), Predicate.ALWAYS),
                List.of("at", "event_type"),
                List.of(),
                1_000)));
    }

    private List<Problem> problemsOf(Map<String, ? extends @Nullable Object> fields) {
        fixture.deadLetters.clear();
        fixture.upsert("all", "k", fields);
        return fixture.deadLetters.isEmpty()
                ? List.of()
                : fixture.deadLetters.get(0).problems();
    }

    private long allTypes() {
        return fixture.collection(Fixture.schema(
                "all",
                null,
                ID,
                new Field("b", ValueType.BOOLEAN),
                new Field("i", ValueType.INT),
                new Field("d", ValueType.DOUBLE),
                new Field("t", ValueType.TIMESTAMP),
                new Field("j", ValueType.JSON),
                new Field("v", ValueType.VECTOR, 2)));
    }

    @Test
    void aScanOfATimeRangeReadsOnlyTheHoursInIt() {
        long logins = logins();
        for (long hour = -3; hour < 100; hour++) {
            login("l" + hour, null, hour * HOUR_MS + 1);
        }

        PartialResult.Rows rows = range(logins, null, -HOUR_MS, HOUR_MS);
        assertThat(Fixture.asLists(rows)).extracting(row -> row.get(0)).containsExactly("l-1", "l0");
        assertThat(rows.stats().rowsRead()).isEqualTo(3);
    }

    @Test
    void aRowMovesWithItsTimeAndItsType() {
        long logins = logins();
        long good = fixture.eventType("Good", "logins", EventTypePolicy.ERROR, "user");
        long bad = fixture.eventType("Bad", "logins", EventTypePolicy.ERROR, "user");
        login("a", "Good", 5 * HOUR_MS);
        login("a", "Bad", 50 * HOUR_MS);
        fixture.restart();

        assertThat(range(logins, null, 0, 10 * HOUR_MS).rows()).isEmpty();
        assertThat(range(logins, good, 0, 100 * HOUR_MS).rows()).isEmpty();
        assertThat(Fixture.asLists(range(logins, bad, 0, 100 * HOUR_MS)))
                .containsExactly(List.of("a", 50 * HOUR_MS, "Bad"));

        fixture.patch("logins", "a", Map.of("user", "u"));
        assertThat(fixture.rows(new FetchDocuments(logins, List.of("a"), List.of("at", "user", "event_type"))))
                .containsExactly(List.of("a", 50 * HOUR_MS, "u", "Bad"));

        Map<String, @Nullable Object> noTime = new HashMap<>();
        noTime.put("at", null);
        fixture.patch("logins", "a", noTime);
        assertThat(fixture.rows(new FetchDocuments(logins, List.of("a"), List.of("at", "@timestamp"))))
                .containsExactly(Arrays.asList("a", null, fixture.nowMs));
        fixture.delete("logins", "a", false);
        assertThat(fixture.rows(Fixture.scan(logins))).isEmpty();
        fixture.shards.flush();
        assertThat(fixture.storages.values().stream()
                        .mapToLong(storage -> storage.open("buckets").size()
                                + storage.open("documents").size())
                        .sum())
                .as("what is left in state")
                .isZero();
    }

    @Test
    void valuesAreConvertedStrictlyAndWithoutLoss() {
        long all = allTypes();
        assertThat(problemsOf(Map.of(
                        "b", true, "i", 5.0, "d", 5L, "t", "2026-01-31", "j", new double[] {1, 2.5}, "v", new double[] {
                            1, 2
                        })))
                .isEmpty();
        assertThat(fixture.rows(Fixture.scan(all, "b", "i", "d", "t", "j")))
                .containsExactly(List.of("k", true, 5L, 5.0, 1_769_817_600_000L, new JsonText("[1,2.5]")));

        assertThat(problemsOf(Map.of("t", "2026-01-31T01:00:00+01:00"))).isEmpty();
        assertThat(fixture.rows(Fixture.scan(all, "t"))).containsExactly(List.of("k", 1_769_817_600_000L));
    }

    @Test
    void eachWrongValueIsNamed() {
        allTypes();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("b", "true");
        fields.put("i", 5.5);
        fields.put("d", "1");
        fields.put("t", "yesterday");
        fields.put("v", new double[] {1, 2, 3});
        assertThat(problemsOf(fields))
                .extracting(problem -> problem.code())
                .containsExactly(
                        ErrorCode.INVALID_TYPE,
                        ErrorCode.INVALID_TYPE,
                        ErrorCode.INVALID_TYPE,
                        ErrorCode.INVALID_VALUE,
                        ErrorCode.INVALID_DIMENSION);
        assertThat(problemsOf(Map.of("v", new double[] {1, 2, 3})).get(0).message())
                .isEqualTo("vector has 3 dimensions, field \"v\" needs 2");
        assertThat(problemsOf(Map.of("v", new double[] {1, 1e300})).get(0).code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
        for (double rounded : new double[] {0x1p63, -0x1p63, 0x1p53, -0x1p53, 0x1p60, 7.5}) {
            assertThat(problemsOf(Map.of("i", rounded)).get(0).code())
                    .as("%s", rounded)
                    .isEqualTo(ErrorCode.INVALID_TYPE);
        }
        assertThat(problemsOf(Map.of("i", 0x1p53 - 1))).isEmpty();
        assertThat(problemsOf(Map.of("i", Long.MIN_VALUE))).isEmpty();
        assertThat(problemsOf(Map.of("id", "other")).get(0).code()).isEqualTo(ErrorCode.INVALID_KEY);
        assertThat(problemsOf(Map.of("id", "k"))).isEmpty();
    }

    @Test
    void keysAreCanonicalOrDeadLetters() {
        fixture.collection(Fixture.schema("numbers", null, new Field("n", ValueType.INT)));
        fixture.collection(new CollectionSchema(
                0,
                "pairs",
                List.of(new Field("a", ValueType.STRING), new Field("b", ValueType.INT)),
                List.of("a", "b"),
                null,
                null,
                UnknownFields.ERROR));
        for (String bad : List.of("07", "+7", "7.0", "", "x", "9223372036854775808")) {
            fixture.upsert("numbers", bad, Map.of());
        }
        for (String bad : List.of("a", "a|b", "a|1|2", "a|1\\")) {
            fixture.upsert("pairs", bad, Map.of());
        }
        assertThat(fixture.deadLetters)
                .hasSize(10)
                .allSatisfy(
                        letter -> assertThat(letter.problems().get(0).code()).isEqualTo(ErrorCode.INVALID_KEY));

        fixture.upsert("numbers", "-7", Map.of("n", -7L));
        fixture.upsert("pairs", "a\\|b|1", Map.of("a", "a|b"));
        assertThat(fixture.deadLetters).hasSize(10);
        long pairs = fixture.catalog.collection("pairs").orElseThrow().id();
        assertThat(fixture.rows(Fixture.scan(pairs, "a", "b"))).containsExactly(List.of("a\\|b|1", "a|b", 1L));
    }

    @Test
    void aFieldThatIsAddedLaterIsNullInOlderRows() {
        long people = fixture.people();
        fixture.upsert("people", "old", Map.of("age", 1L));
        fixture.control(new CatalogChange.AddField("people", new Field("city", ValueType.STRING)));
        fixture.upsert("people", "new", Map.of("city", "Ulm"));
        fixture.patch("people", "old", Map.of("name", "Olga"));

        assertThat(fixture.rows(Fixture.scan(people, "age", "city")))
                .containsExactly(Arrays.asList("new", null, "Ulm"), Arrays.asList("old", 1L, null));
    }

    @Test
    void eventTypesRefuseSkipOrAcceptWhatTheyDoNotList() {
        long people = fixture.people();
        fixture.eventType("Strict", "people", EventTypePolicy.ERROR, "name");
        fixture.eventType("Loose", "people", EventTypePolicy.SKIP, "name");
        fixture.eventType("Open", "people", EventTypePolicy.ACCEPT, "name");
        logins();
        for (String type : List.of("Strict", "Loose", "Open", "Strct")) {
            fixture.send(new DocumentChange(
                    ChangeKind.UPSERT, "people", type, type, false, EncodedFields.of(Map.of("age", 1L))));
        }
        fixture.send(new DocumentChange(ChangeKind.UPSERT, "logins", "x", "Open", false, EncodedFields.NONE));

        assertThat(fixture.deadLetters)
                .extracting(letter -> letter.problems().get(0).code())
                .containsExactly(ErrorCode.INVALID_FIELD, ErrorCode.NOT_FOUND_EVENT_TYPE, ErrorCode.INVALID_EVENT);
        assertThat(fixture.rows(Fixture.scan(people, "age", "event_type")))
                .containsExactly(Arrays.asList("Loose", null, "Loose"), List.of("Open", 1L, "Open"));
    }

    @Test
    void naughtyStringsAreKeysAndValuesLikeAllOthers() throws Exception {
        long people = fixture.people();
        Set<String> naughty = new HashSet<>(Arrays.asList(
                new ObjectMapper().readValue(Shared.file("naughty/blns.json").toFile(), String[].class)));
        naughty.forEach(text -> fixture.upsert("people", text, Map.of("name", text)));

        assertThat(fixture.deadLetters).isEmpty();
        assertThat(fixture.rows(Fixture.scan(people, "name")))
                .hasSize(naughty.size())
                .allMatch(row -> row.get(0).equals(row.get(1)));
        assertThat(fixture.rows(new FetchDocuments(people, List.copyOf(naughty), List.of())))
                .hasSize(naughty.size());
    }

    /** Rows move between hours, are deleted and created while the scan is between its slices. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void aSlicedScanHasEveryRowThatStaysOnceAndNoneThatIsGone(long seed) {
        java.util.Random random = new java.util.Random(seed);
        long logins = logins();
        int rows = 1_500;
        for (int i = 0; i < rows; i++) {
            login("l" + i, null, random.nextInt(30) * HOUR_MS);
        }
        fixture.shards.flush();
        fixture.sliced();
        Set<String> deleted = new HashSet<>();
        fixture.shards.submit(fixture.fragment(Fixture.scan(logins, "at"), io.millrace.protocol.OffsetToken.NONE));
        int slices = 0;
        for (boolean more = true; more; slices++) {
            for (int i = 0; i < 30 && slices < rows / 128; i++) { // While rows are read: 128 a slice at most.
                String key = "l" + random.nextInt(rows);
                if (random.nextInt(5) == 0) {
                    fixture.delete("logins", key, false);
                    deleted.add(key);
                } else if (!deleted.contains(key)) {
                    login(key, null, random.nextInt(30) * HOUR_MS);
                }
            }
            login("new" + slices, null, random.nextInt(30) * HOUR_MS);
            more = fixture.shards.runSlice(0);
        }
        List<Object> keys = Fixture.rowsOf(Fixture.whole(fixture.partials)).rows().stream()
                .map(row -> row[0])
                .toList();

        assertThat(slices).isGreaterThan(10);
        assertThat(keys).doesNotHaveDuplicates().doesNotContainAnyElementsOf(deleted);
        Set<Object> found = new HashSet<>(keys);
        found.addAll(deleted);
        assertThat(IntStream.range(0, rows).mapToObj(i -> (Object) ("l" + i)))
                .as("seed %s", seed)
                .allMatch(found::contains);
    }
}
