package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.StateNames;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What patterns ask of shards: edges with their ids and properties, and vertices that have edges. */
class MatchRunsTest {
    private static final long HOUR_MS = 3_600_000;

    private final Fixture fixture = new Fixture(3);

    private long knows(FreshnessMode mode) {
        fixture.people();
        return fixture.edgeType("KNOWS", "people", "people", Freshness.of(mode), new Field("since", ValueType.INT));
    }

    private static List<FragmentOperation.Vertex> vertices(String... keys) {
        return Arrays.stream(keys)
                .map(key -> new FragmentOperation.Vertex(0, key))
                .toList();
    }

    private static List<EdgeLookup> both(long type) {
        return List.of(new EdgeLookup(0, type, true), new EdgeLookup(0, type, false));
    }

    private static ScanVertices starts(long type) {
        return new ScanVertices(List.of(new EdgeLookup(0, type, true)), 1_000);
    }

    private List<String> found(ScanVertices scan) {
        return fixture.rows(scan).stream()
                .map(row -> String.valueOf(row.get(1)))
                .toList();
    }

    private static long listed(Fixture in) {
        return in.storages.values().stream()
                .mapToLong(storage -> storage.open(StateNames.EDGE_VERTICES).size())
                .sum();
    }

    @Test
    void edgesComeWithTheirIdsAndProperties() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "a", "b", "e2", Map.of("since", 2L));
        fixture.edge("KNOWS", "a", "b", "e1", Map.of("since", 1L));
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        fixture.edge("KNOWS", "c", "a", null, Map.of("since", 3L));
        fixture.edge("KNOWS", "c", "a", null, Map.of("since", 3L));

        ExpandEdges all = new ExpandEdges(
                vertices("c", "a"), both(knows), Predicate.ALWAYS, List.of("since", "weight", "nothing"), 100);

        assertThat(fixture.rows(all))
                .containsExactly(
                        Arrays.asList(0L, 0L, "a", null, 3L, 2L, null),
                        Arrays.asList(1L, 0L, "b", "e1", 1L, 1L, null),
                        Arrays.asList(1L, 0L, "b", "e2", 2L, 1L, null),
                        Arrays.asList(1L, 0L, "b", null, null, 1L, null),
                        Arrays.asList(1L, 1L, "c", null, 3L, 2L, null));
    }

    @Test
    void conditionAndBoundHoldPerEdge() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        for (int i = 0; i < 9; i++) {
            fixture.edge("KNOWS", "a", "b" + i / 3, "e" + i, Map.of("since", (long) i));
        }
        Predicate late = new Predicate.Compare("since", Comparison.GT, 2L);

        PartialResult.Rows rows =
                Fixture.rowsOf(fixture.ask(new ExpandEdges(vertices("a"), both(knows), late, List.of(), 4)));

        assertThat(Fixture.asLists(rows)).extracting(row -> row.get(3)).containsExactly("e3", "e4", "e5", "e6");
        assertThat(rows.truncated()).isTrue();
        assertThat(rows.stats().rowsRead()).isEqualTo(9);
    }

    @Test
    void aHubIsReadInSlices() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        for (int i = 0; i < 20_000; i++) {
            fixture.edge("KNOWS", "hub", "p" + i, null, Map.of());
        }
        fixture.restart();
        fixture.sliced();
        fixture.shards.submit(fixture.fragment(
                new ExpandEdges(vertices("hub"), both(knows), Predicate.ALWAYS, List.of(), 100_000), OffsetToken.NONE));
        int slices = 0;
        while (fixture.shards.runSlice(0)) {
            slices++;
        }

        assertThat(slices).as("slices of at most 256 edges").isGreaterThan(20_000 / 256 - 1);
        assertThat(Fixture.rowsOf(Fixture.whole(fixture.partials)).rows()).hasSize(20_000);
    }

    @Test
    void verticesAreFoundByTheirEdgesAlone() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        fixture.edge("KNOWS", "c", "a", null, Map.of());
        fixture.upsert("people", "d", Map.of());

        assertThat(found(starts(knows))).containsExactly("a", "c");
        assertThat(found(new ScanVertices(both(knows), 1_000))).containsExactly("a", "b", "c");
        Fixture one = new Fixture(1);
        PartialResult.Rows two = Fixture.rowsOf(one.ask(twoOfThree(one)));
        assertThat(two.truncated()).isTrue();
        assertThat(two.rows()).hasSize(2);
    }

    private static FragmentOperation twoOfThree(Fixture one) {
        one.people();
        long knows = one.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        one.edge("KNOWS", "a", "b", null, Map.of());
        one.edge("KNOWS", "b", "c", null, Map.of());
        return new ScanVertices(both(knows), 2);
    }

    @Test
    void waitingEdgesMakeVerticesWhereTheyAreVisible() {
        long knows = knows(FreshnessMode.BATCHED);
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        long hidden = fixture.edgeType("LIKES", "people", "people", Freshness.of(FreshnessMode.ASYNC));
        fixture.edge("LIKES", "a", "b", null, Map.of());

        assertThat(found(starts(knows))).containsExactly("a");
        assertThat(found(starts(hidden))).isEmpty();
        assertThat(listed(fixture)).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void verticesAreThoseOfAPlainSetAlsoAfterARestart(long seed) {
        Random random = new Random(seed);
        long knows = knows(FreshnessMode.IMMEDIATE);
        Set<List<String>> edges = new HashSet<>();
        for (int i = 0; i < 4_000; i++) {
            String from = "p" + random.nextInt(300);
            String to = "p" + random.nextInt(10);
            if (random.nextInt(2) == 0) {
                fixture.deleteEdge("KNOWS", from, to, null);
                edges.remove(List.of(from, to));
            } else {
                fixture.edge("KNOWS", from, to, null, Map.of());
                edges.add(List.of(from, to));
            }
        }
        TreeSet<String> starts = new TreeSet<>();
        TreeSet<String> ends = new TreeSet<>();
        edges.forEach(edge -> {
            starts.add(edge.get(0));
            ends.add(edge.get(1));
        });

        assertThat(found(starts(knows))).containsExactlyElementsOf(starts);
        fixture.restart();
        assertThat(found(starts(knows))).containsExactlyElementsOf(starts);
        assertThat(listed(fixture)).as("entries, seed %d", seed).isEqualTo(starts.size() + ends.size());
    }

    @Test
    void vertexWhoseEdgesGoIsTakenOutWhateverTakesThem() {
        // Retention counts back from the greatest time of a shard.
        Fixture one = new Fixture(1);
        one.nowMs = 1_000 * HOUR_MS;
        one.people();
        List<Field> fields = List.of(new Field("at", ValueType.TIMESTAMP));
        Freshness freshness = Freshness.of(FreshnessMode.IMMEDIATE);
        one.control(new CatalogChange.CreateEdgeType(
                new EdgeType(0, "MET", "people", "people", fields, "at", HOUR_MS, freshness), false));
        one.edgeType("KNOWS", "people", "people", freshness);
        one.edge("MET", "a", "b", null, Map.of("at", 900 * HOUR_MS));
        one.edge("MET", "a", "c", null, Map.of("at", 999 * HOUR_MS));
        one.edge("KNOWS", "x", "y", null, Map.of());
        one.delete("people", "x", true);
        one.background();
        one.restart();

        assertThat(listed(one))
                .as("a and c of MET, y of KNOWS until its deletion is fed back")
                .isEqualTo(3);
        one.control(new CatalogChange.DropEdgeType("KNOWS", false));
        one.control(new CatalogChange.DropEdgeType("MET", false));
        one.background();
        assertThat(listed(one)).isZero();
    }
}
