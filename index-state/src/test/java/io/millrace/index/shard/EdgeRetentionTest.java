package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Cursor;
import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Edges that outlive the retention of their type, at both ends. */
class EdgeRetentionTest {
    private static final long HOUR_MS = 3_600_000;
    private static final List<String> INDEX = List.of(StateNames.EDGE_HOURS, StateNames.EDGE_TIMES);

    private final Fixture fixture = new Fixture(1);
    private long met;

    private long met(long retentionMs, FreshnessMode mode) {
        fixture.nowMs = 1_000 * HOUR_MS;
        fixture.people();
        met = create(fixture, "MET", retentionMs, Freshness.of(mode));
        return met;
    }

    private static long create(Fixture in, String name, @Nullable Long retentionMs, Freshness freshness) {
        List<Field> fields = List.of(new Field("at", ValueType.TIMESTAMP));
        in.control(new CatalogChange.CreateEdgeType(
                new EdgeType(0, name, "people", "people", fields, "at", retentionMs, freshness), false));
        return in.catalog.edgeType(name).orElseThrow().id();
    }

    private void meet(String from, String to, long at) {
        fixture.edge("MET", from, to, null, Map.of("at", at));
    }

    private List<String> of(String vertex) {
        return fixture.neighbours(met, true, vertex);
    }

    private List<String> to(String vertex) {
        return fixture.neighbours(met, false, vertex);
    }

    private long entries(String... names) {
        return fixture.storages.values().stream()
                .flatMapToLong(storage -> List.of(names).stream()
                        .mapToLong(name -> storage.open(name).size()))
                .sum();
    }

    private List<List<@Nullable Object>> weights(Object weight) {
        return fixture.rows(new FragmentOperation.ExpandVertices(
                List.of(new FragmentOperation.Vertex(0, "a"), new FragmentOperation.Vertex(0, "b")),
                List.of(
                        new FragmentOperation.EdgeLookup(0, met, true),
                        new FragmentOperation.EdgeLookup(0, met, false)),
                new Predicate.Compare("weight", Comparison.EQ, weight),
                null,
                100));
    }

    @Test
    void edgesGoFromBothEndsWithTheHourThatIsPastTheRetention() {
        met(2 * HOUR_MS, FreshnessMode.IMMEDIATE);
        meet("a", "b", 10 * HOUR_MS);
        meet("a", "c", 11 * HOUR_MS + 1);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        meet("a", "d", 13 * HOUR_MS);
        assertThat(fixture.shards.nextDeadlineMs()).isLessThanOrEqualTo(fixture.nowMs);
        fixture.background();
        assertThat(of("a")).containsExactly("c", "d");
        assertThat(to("b")).isEmpty();
        assertThat(to("c")).containsExactly("a");
        assertThat(entries(StateNames.EDGES)).isEqualTo(4);
        assertThat(entries(StateNames.EDGE_HOURS)).isEqualTo(4);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);

        meet("e", "f", 14 * HOUR_MS);
        fixture.background();
        assertThat(of("a")).containsExactly("d");
        assertThat(to("c")).isEmpty();
    }

    /** What a reader sees does not depend on how far the background has come. */
    @Test
    void nobodySeesThemFromOneMomentOn() {
        met(HOUR_MS, FreshnessMode.IMMEDIATE);
        IntStream.range(0, 300).forEach(i -> meet("a", "k" + i, 10 * HOUR_MS + i));
        meet("a", "new", 20 * HOUR_MS);
        assertThat(of("a")).containsExactly("new");
        assertThat(degree("a")).isOne();
        fixture.shards.runBackground(0);
        assertThat(entries(StateNames.EDGES)).isBetween(3L, 601L);
        assertThat(to("k299")).isEmpty();
        assertThat(degree("a")).isOne();
        fixture.background();
        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
    }

    private long degree(String vertex) {
        return (Long) fixture.rows(new FragmentOperation.CountEdges(
                        List.of(vertex), List.of(new FragmentOperation.EdgeLookup(0, met, true))))
                .get(0)
                .get(1);
    }

    @Test
    void anEdgeThatIsSeenAgainStaysAndKeepsItsWeight() {
        met(2 * HOUR_MS, FreshnessMode.IMMEDIATE);
        meet("a", "b", 10 * HOUR_MS);
        meet("a", "b", 12 * HOUR_MS);
        meet("a", "b", 11 * HOUR_MS);
        assertThat(entries(StateNames.EDGE_HOURS)).as("both ends in both hours").isEqualTo(4);
        meet("c", "d", 13 * HOUR_MS);
        fixture.background();
        assertThat(of("a")).containsExactly("b");
        assertThat(weights(3L)).hasSize(2);
        assertThat(entries(StateNames.EDGE_HOURS)).isEqualTo(4);

        meet("c", "d", 15 * HOUR_MS);
        fixture.background();
        assertThat(of("a")).isEmpty();
        assertThat(to("b")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(FreshnessMode.class)
    void anEdgeThatComesBackStartsAnewWhetherItsBytesAreGoneOrNot(FreshnessMode mode) {
        if (mode == FreshnessMode.REBUILD_ONLY) {
            return;
        }
        met(HOUR_MS, mode);
        meet("a", "b", 10 * HOUR_MS);
        meet("c", "d", 20 * HOUR_MS);
        meet("a", "b", 20 * HOUR_MS);
        fixture.nowMs += 60_000;
        fixture.background();
        assertThat(of("a")).containsExactly("b");
        assertThat(weights(1L)).hasSize(2);
        assertThat(entries(StateNames.EDGES)).isEqualTo(4);
    }

    @Test
    void anEdgeWithAnIdThatMovesBackGoesWithTheHourItMovedTo() {
        met(2 * HOUR_MS, FreshnessMode.IMMEDIATE);
        fixture.edge("MET", "a", "b", "x", Map.of("at", 12 * HOUR_MS));
        fixture.edge("MET", "a", "b", "x", Map.of("at", 10 * HOUR_MS));
        fixture.edge("MET", "a", "c", "y", Map.of("at", 12 * HOUR_MS));
        assertThat(of("a")).containsExactly("b", "c");
        meet("d", "e", 13 * HOUR_MS);
        assertThat(of("a")).containsExactly("c");
        fixture.edge("MET", "a", "c", "y", Map.of("at", HOUR_MS));
        assertThat(of("a")).as("replaced by one that is too old").isEmpty();
        fixture.background();
        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
    }

    @Test
    void anEdgeThatIsTooOldWhenItComesIsNeverSeenOrKept() {
        met(HOUR_MS, FreshnessMode.IMMEDIATE);
        meet("a", "b", 20 * HOUR_MS);
        meet("a", "c", 3 * HOUR_MS);
        assertThat(of("a")).containsExactly("b");
        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDeletedEdgeLeavesNothingBehindWhenItsHourGoes() {
        met(HOUR_MS, FreshnessMode.IMMEDIATE);
        meet("a", "b", 10 * HOUR_MS);
        fixture.deleteEdge("MET", "a", "b", null);
        meet("a", "c", 10 * HOUR_MS);
        fixture.delete("people", "a", true);
        meet("c", "d", 20 * HOUR_MS);
        fixture.background();
        assertThat(entries(StateNames.EDGE_HOURS)).isEqualTo(2);
        assertThat(of("c")).containsExactly("d");
    }

    @Test
    void aTimeFarAheadOfTheClockDoesNotTakeAllOthersWithIt() {
        met(48 * HOUR_MS, FreshnessMode.IMMEDIATE);
        meet("a", "b", fixture.nowMs);
        meet("a", "c", fixture.nowMs + 1_000_000 * HOUR_MS);
        fixture.background();
        assertThat(of("a")).containsExactly("b", "c");
        fixture.nowMs += 25 * HOUR_MS;
        assertThat(of("a")).containsExactly("c");
    }

    @Test
    void withoutARetentionTheyStayAndNothingIsWrittenForIt() {
        fixture.nowMs = 1_000 * HOUR_MS;
        fixture.people();
        met = create(fixture, "MET", null, Freshness.of(FreshnessMode.IMMEDIATE));
        meet("a", "b", 0);
        meet("a", "c", 900 * HOUR_MS);
        fixture.background();
        fixture.restart();
        assertThat(of("a")).containsExactly("b", "c");
        assertThat(entries(StateNames.EDGE_HOURS, StateNames.EDGE_TIMES)).isZero();
    }

    @Test
    void manyGoInStepsAndARestartGoesOn() {
        met(HOUR_MS, FreshnessMode.IMMEDIATE);
        IntStream.range(0, 1_000).forEach(i -> meet("k" + i, "l" + i % 7, i % 5 * HOUR_MS));
        meet("a", "b", 50 * HOUR_MS);
        fixture.shards.runBackground(0);
        assertThat(entries(StateNames.EDGES)).isBetween(3L, 2_001L);

        fixture.restart();
        assertThat(of("k1")).as("the greatest time is remembered").isEmpty();
        fixture.background();

        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
        assertThat(entries(StateNames.EDGE_HOURS)).isEqualTo(2);
        assertThat(entries(StateNames.EDGE_TIMES))
                .as("one hour and the greatest time")
                .isEqualTo(2);
    }

    /** The time within the hour counts too: what was gone before a restart must not come back. */
    @Test
    void whatIsGoneStaysGoneOverARestart() {
        met(HOUR_MS / 2, FreshnessMode.IMMEDIATE);
        meet("a", "b", 9 * HOUR_MS);
        meet("c", "d", 10 * HOUR_MS + HOUR_MS * 3 / 4);
        assertThat(of("a")).isEmpty();
        fixture.restart();
        assertThat(of("a")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"BATCHED", "ASYNC"})
    void whatWaitsCountsOnlyOnceItIsApplied(FreshnessMode mode) {
        met(HOUR_MS, mode);
        meet("a", "b", 10 * HOUR_MS);
        fixture.nowMs += 60_000;
        fixture.background();
        meet("c", "d", 20 * HOUR_MS);
        assertThat(of("a")).containsExactly("b");
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        meet("a", "old", 3 * HOUR_MS);
        fixture.restart();
        assertThat(fixture.neighbours(met, true, "c", token)).containsExactly("d");

        fixture.nowMs += 60_000;
        fixture.background();
        assertThat(of("a")).isEmpty();
        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
        assertThat(entries(StateNames.EDGES_PENDING)).isZero();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aDroppedTypeLeavesNothingInState() {
        met(100 * HOUR_MS, FreshnessMode.IMMEDIATE);
        create(fixture, "KEPT", 100 * HOUR_MS, Freshness.of(FreshnessMode.IMMEDIATE));
        IntStream.range(0, 500).forEach(i -> meet("k" + i, "l", i % 50 * HOUR_MS));
        fixture.edge("KEPT", "a", "b", null, Map.of("at", HOUR_MS));
        fixture.shards.flush();
        fixture.control(new CatalogChange.DropEdgeType("MET", false));
        fixture.shards.runBackground(0);
        fixture.restart();
        fixture.background();

        assertThat(entries(StateNames.EDGES)).isEqualTo(2);
        assertThat(entries(StateNames.EDGE_HOURS)).isEqualTo(2);
        assertThat(entries(StateNames.EDGE_TIMES)).isEqualTo(2);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    /** Each end counts by the edges of its own shard. */
    @Test
    void anEdgeBetweenShardsIsGoneFromEachEndOnceItsShardHasANewerEdge() {
        Fixture two = new Fixture(2);
        two.nowMs = 1_000 * HOUR_MS;
        two.people();
        long type = create(two, "MET", HOUR_MS, Freshness.of(FreshnessMode.IMMEDIATE));
        String first = key(0, 0);
        String second = key(1, 0);
        two.edge("MET", first, second, null, Map.of("at", 10 * HOUR_MS));
        two.edge("MET", first, key(0, 1), null, Map.of("at", 20 * HOUR_MS));
        two.background();
        assertThat(two.neighbours(type, true, first)).containsExactly(key(0, 1));
        assertThat(two.neighbours(type, false, second)).containsExactly(first);

        two.edge("MET", key(0, 1), key(1, 1), null, Map.of("at", 20 * HOUR_MS));
        two.background();
        assertThat(two.neighbours(type, false, second)).isEmpty();
    }

    /** Returns the nth of the keys that belong to one of two shards. */
    private static String key(int shard, int nth) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "v" + i)
                .filter(key -> ShardRouting.shardOf(key, 2) == shard)
                .skip(nth)
                .findFirst()
                .orElseThrow();
    }

    private record Edge(String from, String to, @Nullable String id) {}

    /** Every edge at either end, against a map that knows the whole history; over crashes and steps of the background. */
    @ParameterizedTest(name = "{0} seed {1}")
    @CsvSource({"IMMEDIATE,1", "IMMEDIATE,2", "IMMEDIATE,3", "BATCHED,4", "BATCHED,5", "ASYNC,6", "ASYNC,7"})
    void bothEndsHaveWhatWasSeenWithinTheRetention(FreshnessMode mode, long seed) {
        Random random = new Random(seed);
        met(3 * HOUR_MS, mode);
        Map<Edge, Long> lastSeen = new HashMap<>();
        long greatest = Long.MIN_VALUE;
        long now = 10 * HOUR_MS;
        for (int step = 0; step < 1_500; step++) {
            now += random.nextInt(300_000);
            Edge edge =
                    new Edge("p" + random.nextInt(12), "q" + random.nextInt(12), random.nextInt(3) == 0 ? "i" : null);
            if (random.nextInt(6) == 0) {
                fixture.deleteEdge("MET", edge.from, edge.to, edge.id);
                lastSeen.remove(edge);
            } else {
                long at = now - random.nextInt(5) * HOUR_MS;
                fixture.edge("MET", edge.from, edge.to, edge.id, Map.of("at", at));
                long cut = greatest == Long.MIN_VALUE
                        ? greatest
                        : Math.floorDiv(greatest - 3 * HOUR_MS, HOUR_MS) * HOUR_MS;
                Long old = edge.id == null ? lastSeen.get(edge) : null;
                lastSeen.put(edge, old == null || old < cut ? at : Math.max(old, at));
                greatest = Math.max(greatest, lastSeen.get(edge));
            }
            int dice = random.nextInt(60);
            if (dice < 5) {
                fixture.shards.runBackground(0);
            } else if (dice == 5) {
                fixture.restart();
            } else if (dice == 6) {
                fixture.nowMs += 60_000;
                fixture.background();
                check(lastSeen, Math.floorDiv(greatest - 3 * HOUR_MS, HOUR_MS) * HOUR_MS);
            }
        }
        assertThat(entries(StateNames.EDGES)).isPositive();
    }

    private void check(Map<Edge, Long> lastSeen, long cut) {
        Map<String, TreeSet<String>> outgoing = new TreeMap<>();
        Map<String, TreeSet<String>> incoming = new TreeMap<>();
        long[] live = {0};
        lastSeen.forEach((edge, seen) -> {
            if (seen >= cut) {
                live[0]++;
                outgoing.computeIfAbsent(edge.from, any -> new TreeSet<>()).add(edge.to);
                incoming.computeIfAbsent(edge.to, any -> new TreeSet<>()).add(edge.from);
            }
        });
        for (int i = 0; i < 12; i++) {
            assertThat(of("p" + i)).containsExactlyElementsOf(outgoing.getOrDefault("p" + i, new TreeSet<>()));
            assertThat(to("q" + i)).containsExactlyElementsOf(incoming.getOrDefault("q" + i, new TreeSet<>()));
        }
        assertThat(entries(StateNames.EDGES))
                .as("nothing is left of the others")
                .isEqualTo(2 * live[0]);
    }

    /** Version 1 of the hours: state that holds such bytes must be read for ever. */
    @Test
    void bytesOfVersion1AreWrittenAndRead() {
        met(10 * HOUR_MS, FreshnessMode.IMMEDIATE);
        fixture.edge("MET", "a", "ö", "7", Map.of("at", 258 * HOUR_MS + 5));
        fixture.shards.flush();
        HeapShardStorage storage = fixture.storages.get(0);
        assertThat(storage).isNotNull();

        List<String> lines = new ArrayList<>();
        for (String name : INDEX) {
            byte[] namespace = name.equals(StateNames.EDGE_HOURS) ? Namespaces.edgeHour(met, 258) : Namespaces.of(met);
            Cursor cursor = storage.open(name).scan(namespace);
            while (cursor.next()) {
                lines.add(name + " " + HexFormat.of().formatHex(cursor.key()) + " "
                        + HexFormat.of().formatHex(cursor.value()));
            }
        }

        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "edge-hours 01" + "0000000161" + "00000002c3b6" + "0137" + " 01",
                        "edge-hours 00" + "00000002c3b6" + "0000000161" + "0137" + " 01",
                        "edge-times 0000000000000102 01",
                        "edge-times 00 01" + HexFormat.of().toHexDigits(258 * HOUR_MS + 5));
    }
}
