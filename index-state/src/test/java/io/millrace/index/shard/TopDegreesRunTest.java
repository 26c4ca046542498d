package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopDegreesRunTest {
    private final Fixture fixture = new Fixture(3);
    private long people;
    private long knows;
    private long likes;

    private void types(FreshnessMode mode) {
        people = fixture.collection(Fixture.schema("people", null, new Field("n", ValueType.INT)));
        knows = fixture.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        likes = fixture.edgeType("LIKES", "people", "people", Freshness.of(mode));
    }

    private List<EdgeLookup> both() {
        return List.of(new EdgeLookup(0, knows, true), new EdgeLookup(0, likes, false));
    }

    private List<List<@Nullable Object>> top(int k) {
        return fixture.rows(new TopDegrees(people, both(), k));
    }

    @Test
    void edgesOfAllLookupsCountAndTiesAreByNumber() {
        types(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "10", "1", null, Map.of());
        fixture.edge("KNOWS", "10", "1", "parallel", Map.of());
        fixture.edge("KNOWS", "9", "1", null, Map.of());
        fixture.edge("LIKES", "1", "9", null, Map.of());
        fixture.edge("LIKES", "1", "2", null, Map.of());
        fixture.edge("KNOWS", "3", "1", null, Map.of());
        fixture.deleteEdge("KNOWS", "3", "1", null);
        fixture.upsert("people", "4", Map.of());

        assertThat(top(10))
                .as("3 has lost its edge, 4 has only a row")
                .containsExactly(List.of("9", 1L, 1L), List.of("10", 2L, 0L), List.of("2", 0L, 1L));
        assertThat(top(1)).containsExactly(List.of("9", 1L, 1L));
    }

    @Test
    void edgesThatWaitCountWhereATokenDemandsThem() {
        types(FreshnessMode.ASYNC);
        fixture.edge("LIKES", "1", "2", null, Map.of());

        TopDegrees asked = new TopDegrees(people, both(), 5);
        assertThat(fixture.rows(asked)).isEmpty();
        fixture.markers();
        OffsetToken token = new OffsetToken(Map.of(Fixture.PARTITION, fixture.offset));
        assertThat(Fixture.asLists(Fixture.rowsOf(fixture.ask(asked, token)))).containsExactly(List.of("2", 0L, 1L));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void theTopIsThatOfAPlainCountAlsoInSlices(long seed) {
        types(FreshnessMode.IMMEDIATE);
        Random random = new Random(seed);
        Map<String, long[]> plain = new HashMap<>();
        for (int i = 0; i < 1_500; i++) {
            String from = Integer.toString((int) (100 * Math.pow(random.nextDouble(), 3)));
            String to = Integer.toString(random.nextInt(100));
            boolean knowing = random.nextBoolean();
            fixture.edge(knowing ? "KNOWS" : "LIKES", from, to, "e" + i, Map.of());
            plain.computeIfAbsent(knowing ? from : to, key -> new long[2])[knowing ? 0 : 1]++;
        }
        List<Map.Entry<String, long[]>> sorted = new ArrayList<>(plain.entrySet());
        sorted.sort(
                Comparator.comparingLong((Map.Entry<String, long[]> each) -> -each.getValue()[0] - each.getValue()[1])
                        .thenComparingLong(each -> Long.parseLong(each.getKey())));
        List<List<Object>> expected = sorted.stream()
                .limit(25)
                .map(each -> List.<Object>of(each.getKey(), each.getValue()[0], each.getValue()[1]))
                .toList();

        assertThat(top(25)).isEqualTo(expected);
        fixture.restart();
        fixture.sliced();
        int before = fixture.partials.size();
        fixture.shards.submit(fixture.fragment(new TopDegrees(people, both(), 25), OffsetToken.NONE));
        int slices = 0;
        while (fixture.shards.hasRunning()) {
            fixture.shards.runSlice(0);
            slices++;
        }
        assertThat(slices)
                .as("about 250 vertices and 1,500 edges at 512 a step")
                .isGreaterThan(3);
        assertThat(Fixture.asLists(Fixture.rowsOf(fixture.partials.get(before))))
                .isEqualTo(expected);
    }

    @Test
    void aDroppedEdgeTypeFailsIt() {
        types(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "1", "2", null, Map.of());
        fixture.sliced();
        fixture.control(new CatalogChange.DropEdgeType("LIKES", false));
        fixture.shards.submit(fixture.fragment(new TopDegrees(people, both(), 25), OffsetToken.NONE));
        fixture.finish();

        assertThat(fixture.partials.get(0).result()).isInstanceOf(PartialResult.Failed.class);
    }
}
