package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.PartialResult;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountEdgesRunTest {
    private final Fixture fixture = new Fixture(3);

    private long knows(FreshnessMode mode) {
        fixture.people();
        return fixture.edgeType("KNOWS", "people", "people", Freshness.of(mode));
    }

    private static CountEdges both(long type, List<String> keys) {
        return new CountEdges(keys, List.of(new EdgeLookup(0, type, true), new EdgeLookup(0, type, false)));
    }

    @Test
    void everyVertexHasARowAndParallelEdgesCountEach() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        fixture.edge("KNOWS", "a", "b", "e1", Map.of());
        fixture.edge("KNOWS", "a", "a", null, Map.of());
        fixture.edge("KNOWS", "c", "a", null, Map.of());
        fixture.deleteEdge("KNOWS", "c", "a", null);

        assertThat(fixture.rows(both(knows, List.of("b", "a", "nobody"))))
                .containsExactly(List.of(0L, 0L, 2L), List.of(1L, 3L, 1L), List.of(2L, 0L, 0L));
        assertThat(fixture.rows(new CountEdges(List.of("a"), List.of()))).containsExactly(List.of(0L));
    }

    @Test
    void edgesThatWaitCountWhereTheyAreVisible() {
        long knows = knows(FreshnessMode.BATCHED);
        fixture.edge("KNOWS", "a", "b", null, Map.of());

        assertThat(fixture.rows(both(knows, List.of("a")))).containsExactly(List.of(0L, 1L, 0L));
    }

    @Test
    void aHubIsCountedInSlicesBetweenWhichOthersHaveTheirTurn() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        for (int i = 0; i < 100_000; i++) {
            fixture.edge("KNOWS", "hub", "p" + i, null, Map.of());
        }
        fixture.restart();
        fixture.sliced();
        fixture.shards.submit(fixture.fragment(both(knows, List.of("hub")), OffsetToken.NONE));
        int slices = 0;
        while (fixture.shards.runSlice(0)) {
            slices++;
        }

        assertThat(slices).as("slices of at most 256 edges").isGreaterThan(100_000 / 256 - 1);
        assertThat(Fixture.asLists(Fixture.rowsOf(fixture.partials.get(0)))).containsExactly(List.of(0L, 100_000L, 0L));
        assertThat(Fixture.rowsOf(fixture.partials.get(0)).stats().rowsRead()).isEqualTo(100_000);
    }

    @Test
    void manyVerticesOfOtherShardsAreSteppedOverInSlices() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        fixture.sliced();
        List<String> keys = IntStream.range(0, 10_000).mapToObj(i -> "p" + i).toList();
        fixture.shards.submit(fixture.fragment(both(knows, keys), OffsetToken.NONE));
        int slices = 0;
        while (fixture.shards.runSlice(0)) {
            slices++;
        }

        assertThat(slices).isGreaterThan(10_000 / 256);
        assertThat(Fixture.rowsOf(Fixture.whole(fixture.partials)).rows()).hasSize(10_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {41, 42, 43})
    void countsAreThoseOfAPlainSetAlsoAfterARestart(long seed) {
        Random random = new Random(seed);
        long knows = knows(FreshnessMode.IMMEDIATE);
        Set<List<String>> edges = new HashSet<>();
        for (int i = 0; i < 3_000; i++) {
            String from = "p" + random.nextInt(30);
            String to = "p" + random.nextInt(30);
            String id = "e" + random.nextInt(2);
            if (random.nextInt(4) == 0) {
                fixture.deleteEdge("KNOWS", from, to, id);
                edges.remove(List.of(from, to, id));
            } else {
                fixture.edge("KNOWS", from, to, id, Map.of());
                edges.add(List.of(from, to, id));
            }
        }
        List<String> keys = IntStream.range(0, 31).mapToObj(i -> "p" + i).toList();
        List<List<Object>> expected = IntStream.range(0, 31)
                .mapToObj(i -> List.<Object>of(
                        (long) i,
                        edges.stream()
                                .filter(edge -> edge.get(0).equals("p" + i))
                                .count(),
                        edges.stream()
                                .filter(edge -> edge.get(1).equals("p" + i))
                                .count()))
                .toList();

        assertThat(fixture.rows(both(knows, keys))).isEqualTo(expected);
        fixture.restart();
        assertThat(fixture.rows(both(knows, keys))).isEqualTo(expected);
    }

    @Test
    void aCountFailsWhenItsEdgeTypeIsDropped() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        fixture.control(new CatalogChange.DropEdgeType("KNOWS", false));

        assertThat(fixture.ask(both(knows, List.of("a"))).result()).isInstanceOf(PartialResult.Failed.class);
    }
}
