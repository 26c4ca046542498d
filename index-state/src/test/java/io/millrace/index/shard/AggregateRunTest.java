package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.ExactSum;
import io.millrace.protocol.value.ValueOrder;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AggregateRunTest {
    private static final long HOUR_MS = 3_600_000;
    private static final Comparator<List<@Nullable Object>> BY_VALUES =
            (a, b) -> Arrays.compare(a.toArray(), b.toArray(), ValueOrder.ASCENDING);

    private final Fixture fixture = new Fixture(3);

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private long logs() {
        return fixture.collection(Fixture.schema(
                "logs",
                "at",
                new Field("id", ValueType.STRING),
                new Field("host", ValueType.STRING),
                new Field("bytes", ValueType.INT),
                new Field("took", ValueType.DOUBLE),
                new Field("at", ValueType.TIMESTAMP)));
    }

    private static AggregateDocuments of(long collection, Predicate filter, Grouping... groupings) {
        return new AggregateDocuments(
                new DocumentSelection(collection, null, null, filter), Arrays.asList(groupings), 1 << 20);
    }

    private static Grouping.Metric metric(AggregateFunction function, @Nullable String column) {
        return new Grouping.Metric(function, column, "bytes".equals(column));
    }

    private List<List<@Nullable Object>> groups(AggregateDocuments operation) {
        List<List<@Nullable Object>> rows = new ArrayList<>(fixture.rows(operation));
        rows.sort(BY_VALUES);
        return rows;
    }

    private static Map<String, Object> row(Random random) {
        Map<String, Object> row = new HashMap<>();
        row.put("at", random.nextInt(5) * HOUR_MS + random.nextInt(60_000));
        if (random.nextInt(8) > 0) {
            row.put("host", "h" + random.nextInt(4));
        }
        if (random.nextInt(8) > 0) {
            row.put("bytes", (long) random.nextInt(10));
        }
        row.put("took", random.nextGaussian());
        return row;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyMetricIsThatOfThePlainRows(long seed) {
        Random random = new Random(seed);
        long logs = logs();
        Map<String, Map<String, Object>> rows = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            String key = "k" + random.nextInt(200);
            Map<String, Object> row = row(random);
            rows.put(key, row);
            fixture.upsert("logs", key, row);
        }
        Grouping byHost = new Grouping(
                List.of(new Grouping.Key("host", null)),
                List.of(
                        metric(AggregateFunction.COUNT, null),
                        metric(AggregateFunction.COUNT, "bytes"),
                        metric(AggregateFunction.SUM, "bytes"),
                        metric(AggregateFunction.MIN, "took"),
                        metric(AggregateFunction.MAX, "bytes"),
                        metric(AggregateFunction.LAST, "took")));

        List<List<@Nullable Object>> expected = new ArrayList<>();
        TreeMap<@Nullable Object, List<Map.Entry<String, Map<String, Object>>>> groups =
                new TreeMap<>(ValueOrder.ASCENDING);
        rows.entrySet().stream()
                .filter(entry -> entry.getValue().get("bytes") instanceof Long bytes && bytes < 8)
                .forEach(entry -> groups.computeIfAbsent(entry.getValue().get("host"), host -> new ArrayList<>())
                        .add(entry));
        groups.forEach((host, members) -> expected.add(expected(host, members)));

        assertThat(groups(of(logs, new Predicate.Compare("bytes", Comparison.LT, 8L), byHost)))
                .isEqualTo(expected);
    }

    private static List<@Nullable Object> expected(
            @Nullable Object host, List<Map.Entry<String, Map<String, Object>>> members) {
        Map.Entry<String, Map<String, Object>> last = members.stream()
                .max(Comparator.<Map.Entry<String, Map<String, Object>>, Long>comparing(
                                entry -> (Long) entry.getValue().get("at"))
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow();
        return Arrays.asList(
                0L,
                host,
                (long) members.size(),
                (long) members.size(),
                members.stream()
                        .mapToLong(entry -> (Long) entry.getValue().get("bytes"))
                        .sum(),
                members.stream()
                        .mapToDouble(entry -> (Double) entry.getValue().get("took"))
                        .min()
                        .orElseThrow(),
                members.stream()
                        .mapToLong(entry -> (Long) entry.getValue().get("bytes"))
                        .max()
                        .orElseThrow(),
                last.getValue().get("at"),
                last.getKey(),
                last.getValue().get("took"));
    }

    @Test
    void sumsAndAveragesOfDoublesTravelUnrounded() {
        long logs = logs();
        double[] took = {1e16, 1.0, -1e16, 0.25};
        for (int i = 0; i < took.length; i++) {
            fixture.upsert("logs", "k" + i, Map.of("took", took[i], "at", 1L));
        }
        Grouping all = new Grouping(
                List.of(), List.of(metric(AggregateFunction.SUM, "took"), metric(AggregateFunction.AVG, "took")));

        List<@Nullable Object> row =
                fixture.rows(of(logs, Predicate.ALWAYS, all)).get(0);

        ExactSum sum = new ExactSum();
        sum.addAll((double[]) row.get(1));
        assertThat(sum.value()).isEqualTo(1.25);
        assertThat(row.get(2)).isEqualTo(row.get(1));
        assertThat(row.get(3)).isEqualTo(4L);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void groupingsOfOneScanHaveFiltersOfTheirOwn(long seed) {
        Random random = new Random(seed);
        long logs = logs();
        Map<String, Map<String, Object>> rows = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            rows.put("k" + i, row(random));
            fixture.upsert("logs", "k" + i, rows.get("k" + i));
        }
        Predicate many = new Predicate.Compare("bytes", Comparison.GTE, 5L);
        Predicate selected = new Predicate.Not(new Predicate.Compare("host", Comparison.EQ, "h1"));
        Grouping all = new Grouping(List.of(), List.of(metric(AggregateFunction.COUNT, null)));
        List<Map<String, Object>> plain = rows.values().stream()
                .filter(row -> PredicateEvaluator.matches(selected, row::get))
                .toList();
        long few = plain.stream()
                .filter(row -> !PredicateEvaluator.matches(many, row::get))
                .count();
        long whole = plain.size();

        assertThat(groups(of(logs, selected, all.of(many), all.of(new Predicate.Not(many)), all)).stream()
                        .collect(java.util.stream.Collectors.groupingBy(
                                row -> row.get(0), java.util.stream.Collectors.summingLong(row -> (Long) row.get(1)))))
                .isEqualTo(Map.of(0L, whole - few, 1L, few, 2L, whole));
    }

    @Test
    void oneGroupOfAllIsThereWithoutRows() {
        Grouping all = new Grouping(
                List.of(), List.of(metric(AggregateFunction.COUNT, null), metric(AggregateFunction.SUM, "bytes")));
        assertThat(fixture.rows(of(logs(), Predicate.ALWAYS, all))).containsExactly(Arrays.asList(0L, 0L, null));
    }

    @Test
    void spansOfTimeDistinctValuesAndComputedColumnsAreKeys() {
        long logs = logs();
        fixture.upsert("logs", "a", Map.of("host", "x", "at", HOUR_MS + 1));
        fixture.upsert("logs", "b", Map.of("host", "x", "at", HOUR_MS + 2));
        fixture.upsert("logs", "c", Map.of("host", "y", "at", 3 * HOUR_MS));

        assertThat(groups(of(
                        logs,
                        Predicate.ALWAYS,
                        new Grouping(
                                List.of(new Grouping.Key("at", TimeBucket.HOUR)),
                                List.of(metric(AggregateFunction.COUNT, null))),
                        new Grouping(
                                List.of(
                                        new Grouping.Key("@timestamp", TimeBucket.HOUR),
                                        new Grouping.Key("host", null)),
                                List.of()),
                        new Grouping(List.of(new Grouping.Key("id", null)), List.of()))))
                .containsExactly(
                        List.of(0L, HOUR_MS, 2L),
                        List.of(0L, 3 * HOUR_MS, 1L),
                        List.of(1L, HOUR_MS, "x"),
                        List.of(1L, 3 * HOUR_MS, "y"),
                        Arrays.asList(2L, "a", null),
                        Arrays.asList(2L, "b", null),
                        Arrays.asList(2L, "c", null));
    }

    @Test
    void timeRangeAndEventTypeSelectRows() {
        long logs = logs();
        long get = fixture.eventType("Get", "logs", EventTypePolicy.ACCEPT, "host");
        for (int i = 0; i < 10; i++) {
            fixture.upsert("logs", "k" + i, Map.of("at", i * HOUR_MS));
        }
        Grouping all = new Grouping(List.of(), List.of(metric(AggregateFunction.COUNT, null)));
        DocumentSelection range =
                new DocumentSelection(logs, null, new TimeRange(2 * HOUR_MS, 5 * HOUR_MS), Predicate.ALWAYS);
        DocumentSelection type = new DocumentSelection(logs, get, null, Predicate.ALWAYS);

        assertThat(fixture.rows(new AggregateDocuments(range, List.of(all), 1 << 20)))
                .containsExactly(List.of(0L, 4L));
        assertThat(fixture.rows(new AggregateDocuments(type, List.of(all), 1 << 20)))
                .containsExactly(List.of(0L, 0L));
    }

    @Test
    void groupsBeyondTheBoundAreAnErrorAndTheShardGoesOn() {
        long logs = logs();
        for (int i = 0; i < 2_000; i++) {
            fixture.upsert("logs", "k" + i, Map.of("at", 1L));
        }
        Grouping byId = new Grouping(List.of(new Grouping.Key("id", null)), List.of());
        PartialResult result = fixture.ask(new AggregateDocuments(
                        new DocumentSelection(logs, null, null, Predicate.ALWAYS), List.of(byId), 10_000))
                .result();

        assertThat(((PartialResult.Failed) result).problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
            assertThat(problem.message()).contains("\"logs\"", "10000 bytes");
        });
        assertThat(fixture.rows(Fixture.scan(logs))).hasSize(2_000);
    }

    @Test
    void aSumBeyond64BitsIsAnError() {
        long logs = logs();
        fixture.upsert("logs", "a", Map.of("bytes", Long.MAX_VALUE, "at", 1L));
        fixture.upsert("logs", "b", Map.of("bytes", Long.MAX_VALUE, "at", 1L));
        Grouping all = new Grouping(List.of(), List.of(metric(AggregateFunction.SUM, "bytes")));
        PartialResult result = fixture.ask(of(logs, Predicate.ALWAYS, all)).result();
        assertThat(result).isInstanceOf(PartialResult.Failed.class);
        assertThat(((PartialResult.Failed) result).problems())
                .extracting(problem -> problem.code())
                .containsExactly(ErrorCode.LIMIT_EXCEEDED);
    }

    /** Rows that are there all the time count once, however they move between slices. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rowsThatMoveBetweenSlicesCountOnce(long seed) {
        Random random = new Random(seed);
        Fixture sliced = new Fixture(2);
        sliced.collection(
                Fixture.schema("logs", "at", new Field("id", ValueType.STRING), new Field("at", ValueType.TIMESTAMP)));
        int rows = 1_500;
        for (int i = 0; i < rows; i++) {
            sliced.upsert("logs", "k" + i, Map.of("at", random.nextInt(6) * HOUR_MS));
        }
        sliced.shards.flush();
        sliced.sliced();
        long logs = sliced.catalog.collection("logs").orElseThrow().id();
        Grouping all = new Grouping(List.of(), List.of(metric(AggregateFunction.COUNT, null)));
        Fragment fragment = sliced.fragment(of(logs, Predicate.ALWAYS, all), io.millrace.protocol.OffsetToken.NONE);

        sliced.shards.submit(fragment);
        while (sliced.shards.hasRunning()) {
            for (int i = 0; i < 40; i++) {
                String key = "k" + random.nextInt(rows);
                if (random.nextInt(4) == 0) {
                    sliced.delete("logs", key, false);
                }
                sliced.upsert("logs", key, Map.of("at", random.nextInt(6) * HOUR_MS));
            }
            sliced.shards.runSlice(0);
        }

        PartialResult.Rows result = Fixture.rowsOf(sliced.partials.get(0));
        assertThat(Fixture.asLists(result)).containsExactly(List.of(0L, (long) rows));
    }
}
