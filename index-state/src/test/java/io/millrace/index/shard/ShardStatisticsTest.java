package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;
import org.junit.jupiter.api.Test;

class ShardStatisticsTest {
    private static final long INTERVAL_MS = 1_000;
    private static final int PEOPLE = 2_000;

    private final Fixture fixture = new Fixture(1);

    private OfCollection told() {
        fixture.nowMs += 100 * INTERVAL_MS;
        fixture.backgroundWithRests();
        List<OfCollection> collections = fixture.statistics.stream()
                .filter(message -> message instanceof OfCollection)
                .map(message -> (OfCollection) message)
                .toList();
        fixture.statistics.clear();
        assertThat(collections).hasSize(1);
        return collections.get(0);
    }

    private static FieldStatistics field(OfCollection told, String name) {
        return told.fields().stream()
                .filter(field -> field.field().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void people(int count) {
        fixture.people();
        fixture.keepStatistics(INTERVAL_MS);
        for (int i = 0; i < count; i++) {
            Map<String, Object> fields =
                    i % 4 == 0 ? Map.of("name", "anna") : Map.of("name", "n" + i, "age", (long) (i % 100));
            fixture.upsert("people", "p" + i, fields);
        }
    }

    @Test
    void fieldsAreSketched() {
        people(PEOPLE);

        OfCollection told = told();

        assertThat(told.rows()).isEqualTo(PEOPLE);
        FieldStatistics name = field(told, "name");
        assertThat(name.present()).isEqualTo(PEOPLE);
        assertThat(HllSketch.heapify(name.distinct()).getEstimate())
                .isBetween(0.75 * PEOPLE * 0.9, 0.75 * PEOPLE * 1.1);
        assertThat(name.frequent().get(0).value()).isEqualTo("anna");
        assertThat(name.frequent().get(0).rows()).isBetween(PEOPLE / 4L, PEOPLE / 4L + 100);
        FieldStatistics age = field(told, "age");
        assertThat(age.present()).isEqualTo(PEOPLE * 3 / 4);
        assertThat(KllDoublesSketch.heapify(Memory.wrap(age.quantiles())).getRank(49))
                .isBetween(0.44, 0.56);
    }

    @Test
    void degreesAreCountedAndHubsNamed() {
        people(200);
        long knows = fixture.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        for (int i = 1; i < 100; i++) {
            fixture.edge("KNOWS", "p" + i, "p0", null, Map.of());
        }

        OfCollection told = told();

        DegreeStatistics incoming = told.degrees().stream()
                .filter(degree -> degree.edgeTypeId() == knows && !degree.outgoing())
                .findFirst()
                .orElseThrow();
        assertThat(incoming.vertices()).isEqualTo(200);
        assertThat(incoming.edges()).isEqualTo(99);
        assertThat(incoming.hubs()).containsExactly(new DegreeStatistics.Hub("p0", 99));
        DegreeStatistics outgoing = told.degrees().stream()
                .filter(DegreeStatistics::outgoing)
                .findFirst()
                .orElseThrow();
        assertThat(outgoing.edges()).isEqualTo(99);
        assertThat(outgoing.hubs()).isEmpty();
    }

    @Test
    void edgesOfVerticesWithoutARowAreCountedApart() {
        people(10);
        fixture.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        for (int i = 0; i < 10; i++) {
            fixture.edge("KNOWS", "p" + i, "ghost" + i % 3, null, Map.of());
        }
        fixture.edge("KNOWS", "ghost0", "p1", null, Map.of());

        OfCollection told = told();

        for (DegreeStatistics degree : told.degrees()) {
            assertThat(degree.vertices()).isEqualTo(10);
            assertThat(degree.edges()).isEqualTo(degree.outgoing() ? 10 : 1);
            assertThat(degree.rowlessEdges()).isEqualTo(degree.outgoing() ? 1 : 10);
        }
    }

    @Test
    void edgesOfRowsThatGoMeanwhileAreCountedOnce() {
        people(100);
        fixture.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        for (int i = 0; i < 100; i++) {
            fixture.edge("KNOWS", "p" + i, "p" + (i + 1) % 100, null, Map.of());
        }
        fixture.nowMs += 100 * INTERVAL_MS;
        fixture.background();
        assertThat(fixture.statistics).as("a pass of two steps").isEmpty();
        for (int i = 0; i < 100; i++) {
            fixture.delete("people", "p" + i, false);
        }

        OfCollection told = told();

        assertThat(told.degrees()).hasSize(2);
        for (DegreeStatistics degree : told.degrees()) {
            assertThat(degree.edges() + degree.rowlessEdges()).isEqualTo(100);
        }
    }

    @Test
    void verticesWithEdgesThatWaitAreCountedOnce() {
        people(4);
        int never = 1_000_000_000;
        fixture.edgeType("KNOWS", "people", "people", new Freshness(FreshnessMode.BATCHED, 4, never, 100, true));
        fixture.edge("KNOWS", "p0", "p1", null, Map.of());
        fixture.edge("KNOWS", "p3", "p1", null, Map.of());
        // Four changes, both ends of two edges, are applied at once; this edge waits.
        fixture.edge("KNOWS", "p0", "p2", null, Map.of());

        OfCollection told = told();

        assertThat(told.degrees()).hasSize(2);
        for (DegreeStatistics degree : told.degrees()) {
            assertThat(degree.vertices()).isEqualTo(4);
            assertThat(degree.edges()).isEqualTo(3);
        }
    }

    @Test
    void bytesAreThoseOfKeysFieldsAndVectors() {
        fixture.collection(Fixture.schema(
                "papers", null, new Field("id", ValueType.STRING), new Field("v", ValueType.VECTOR, 256)));
        fixture.keepStatistics(INTERVAL_MS);
        for (int i = 0; i < 10; i++) {
            fixture.upsert("papers", "p" + i, i < 5 ? Map.of("v", new double[256]) : Map.of());
        }

        assertThat(told().bytes()).isBetween(5L * 4 * 256 + 10 * (2 + 17), 5L * 4 * 256 + 10 * (2 + 17 + 5));
    }

    @Test
    void rowsAreLookedAtAgainOnlyWhenAPartOfThemHasChanged() {
        people(PEOPLE);
        assertThat(told().rows()).isEqualTo(PEOPLE);

        for (int i = 0; i < 90; i++) {
            fixture.upsert("people", "more" + i, Map.of());
        }
        fixture.nowMs += 100 * INTERVAL_MS;
        fixture.background();
        assertThat(fixture.statistics).as("less than a twentieth has changed").isEmpty();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);

        for (int i = 90; i < 100; i++) {
            fixture.upsert("people", "more" + i, Map.of());
        }
        assertThat(fixture.shards.nextDeadlineMs()).isLessThan(Long.MAX_VALUE);
        assertThat(told().rows()).isEqualTo(PEOPLE + 100);
    }

    @Test
    void aPassRestsBetweenItsSteps() {
        people(PEOPLE);
        fixture.nowMs += 100 * INTERVAL_MS;
        fixture.background();

        assertThat(fixture.statistics).isEmpty();
        assertThat(fixture.shards.nextDeadlineMs())
                .as("four times as long as a step of half a millisecond")
                .isEqualTo(fixture.nowMs + 2);
    }

    @Test
    void nothingIsDoneBeforeItsTime() {
        people(PEOPLE);
        fixture.background();

        assertThat(fixture.statistics).isEmpty();
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(fixture.nowMs + INTERVAL_MS);
    }

    @Test
    void rowsOfFormerRunsAreLookedAtAfterARestart() {
        people(PEOPLE);
        var before = told();
        fixture.restart();

        assertThat(told().rows()).isEqualTo(before.rows());
    }

    @Test
    void aDroppedCollectionStopsThePass() {
        people(PEOPLE);
        fixture.nowMs += INTERVAL_MS;
        fixture.shards.runBackground(0);
        fixture.control(new CatalogChange.DropCollection("people", false));
        fixture.nowMs += 100 * INTERVAL_MS;
        fixture.background();

        assertThat(fixture.statistics).isEmpty();
    }
}
