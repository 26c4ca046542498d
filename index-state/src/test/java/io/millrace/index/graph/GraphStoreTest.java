package io.millrace.index.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.shard.Fixture;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edges through a whole set of shards, with both copies routed as a router would. */
class GraphStoreTest {
    private final Fixture fixture = new Fixture(4);

    @BeforeEach
    void people() {
        fixture.people();
    }

    private long knows(Freshness freshness) {
        return fixture.edgeType("KNOWS", "people", "people", freshness, new Field("since", ValueType.INT));
    }

    private long knows(FreshnessMode mode) {
        return knows(Freshness.of(mode));
    }

    private void knows(String from, String to) {
        fixture.edge("KNOWS", from, to, null, Map.of());
    }

    private List<String> matching(long type, String vertex, Predicate filter) {
        ExpandVertices expand = new ExpandVertices(
                List.of(new Vertex(0, vertex)), List.of(new EdgeLookup(0, type, true)), filter, null, 100);
        return Fixture.rowsOf(fixture.ask(expand)).rows().stream()
                .map(row -> (String) row[2])
                .toList();
    }

    @Test
    void bothEndsSeeTheEdgeAndP1IsNotP10() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        knows("p1", "p2");
        knows("p10", "p3");
        knows("p", "p4");

        assertThat(fixture.neighbours(knows, true, "p1")).containsExactly("p2");
        assertThat(fixture.neighbours(knows, true, "p10")).containsExactly("p3");
        assertThat(fixture.neighbours(knows, false, "p2")).containsExactly("p1");
        assertThat(fixture.neighbours(knows, true, "p2")).isEmpty();
    }

    @Test
    void neighboursAreDistinctAndInOrderThoughEdgesAreParallel() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        for (String to : List.of("z", "é", "a", "a")) {
            knows("p", to);
            fixture.edge("KNOWS", "p", to, "1", Map.of());
        }

        assertThat(fixture.neighbours(knows, true, "p")).containsExactly("a", "z", "é");
    }

    @Test
    void anEdgeWithoutAnIdGainsWeightAndOneWithAnIdIsReplaced() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        knows("p", "plain");
        fixture.nowMs += 10;
        knows("p", "plain");
        fixture.edge("KNOWS", "p", "named", "1", Map.of("since", 1L));
        fixture.edge("KNOWS", "p", "named", "1", Map.of("since", 2L));

        assertThat(matching(knows, "p", new Predicate.Compare("weight", Comparison.EQ, 2L)))
                .containsExactly("plain");
        assertThat(matching(knows, "p", new Predicate.CompareFields("first_seen", Comparison.LT, "last_seen")))
                .containsExactly("plain");
        assertThat(matching(knows, "p", new Predicate.Compare("since", Comparison.EQ, 2L)))
                .containsExactly("named");
        assertThat(matching(knows, "p", new Predicate.Compare("since", Comparison.EQ, 1L)))
                .isEmpty();
    }

    @Test
    void deletingTheEdgeWithoutAnIdLeavesThoseWithOne() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        knows("p", "q");
        fixture.edge("KNOWS", "p", "q", "1", Map.of());
        fixture.deleteEdge("KNOWS", "p", "q", null);
        assertThat(fixture.neighbours(knows, true, "p")).containsExactly("q");

        fixture.deleteEdge("KNOWS", "p", "q", "1");
        assertThat(fixture.neighbours(knows, true, "p")).isEmpty();
        assertThat(fixture.neighbours(knows, false, "q")).isEmpty();
    }

    @Test
    void anUnknownPropertyIsADeadLetterOnce() {
        knows(FreshnessMode.IMMEDIATE);
        fixture.edge("KNOWS", "p", "q", null, Map.of("sinse", 1L));

        assertThat(fixture.deadLetters).hasSize(1);
        Problem problem = fixture.deadLetters.get(0).problems().get(0);
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_FIELD);
        assertThat(problem.nearest()).isEqualTo("since");
    }

    @ParameterizedTest(name = "1 shard or {0}")
    @ValueSource(ints = {1, 4})
    void deletingAVertexWithItsEdgesReachesTheFarEnds(int shardCount) {
        Fixture graph = new Fixture(shardCount);
        graph.people();
        long knows = graph.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.BATCHED));
        graph.edge("KNOWS", "p", "q", null, Map.of());
        graph.edge("KNOWS", "r", "p", "1", Map.of());
        graph.edge("KNOWS", "p", "p", null, Map.of());
        graph.edge("KNOWS", "q", "r", null, Map.of());
        graph.delete("people", "p", true);

        assertThat(graph.neighbours(knows, true, "p")).isEmpty();
        assertThat(graph.events)
                .extracting(change -> change.from() + change.to() + change.id())
                .containsExactlyInAnyOrder("pqnull", "rp1");
        graph.feedBack();
        assertThat(graph.neighbours(knows, false, "q")).isEmpty();
        assertThat(graph.neighbours(knows, true, "r")).isEmpty();
        assertThat(graph.neighbours(knows, true, "q")).containsExactly("r");
    }

    @Test
    void batchedChangesAreSeenAtOnceAndAppliedWhenTheyAreDue() {
        long knows = knows(FreshnessMode.BATCHED);
        knows("p", "q");
        knows("p", "q");
        fixture.deleteEdge("KNOWS", "p", "gone", null);
        assertThat(matching(knows, "p", new Predicate.Compare("weight", Comparison.EQ, 2L)))
                .containsExactly("q");
        assertThat(edgesInState()).isZero();

        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(fixture.nowMs + Freshness.BATCH_MS_DEFAULT);
        fixture.nowMs = fixture.shards.nextDeadlineMs();
        fixture.background();
        assertThat(edgesInState()).isEqualTo(2);
        assertThat(fixture.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        assertThat(matching(knows, "p", new Predicate.Compare("weight", Comparison.EQ, 2L)))
                .containsExactly("q");
    }

    @Test
    void aFullBatchIsAppliedAtOnce() {
        knows(new Freshness(FreshnessMode.BATCHED, 3, 1_000, 10, true));
        IntStream.range(0, 3).forEach(i -> knows("p", "q" + i));

        assertThat(edgesInState()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void asyncChangesAreSeenWhenAppliedOrDemandedAndDeletesAtOnce() {
        long knows = knows(FreshnessMode.ASYNC);
        knows("p", "q");
        fixture.markers();
        assertThat(fixture.neighbours(knows, true, "p")).isEmpty();
        assertThat(fixture.neighbours(knows, true, "p", new OffsetToken(Map.of(Fixture.PARTITION, 1L))))
                .containsExactly("q");
        fixture.background();
        assertThat(fixture.neighbours(knows, true, "p")).containsExactly("q");

        fixture.deleteEdge("KNOWS", "p", "q", null);
        assertThat(fixture.neighbours(knows, true, "p")).isEmpty();
        assertThat(edgesInState()).isEqualTo(2);
    }

    @Test
    void atTheMostThatMayWaitTheOldestIsAppliedFirst() {
        long knows = knows(new Freshness(FreshnessMode.ASYNC, 1, 1, 2, false));
        for (int i = 0; i < 5; i++) {
            knows("p", "q" + i);
        }

        assertThat(fixture.neighbours(knows, true, "p")).containsExactly("q0", "q1", "q2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"IMMEDIATE", "BATCHED", "ASYNC"})
    void aCrashLosesNoEdge(String mode) {
        long knows = knows(FreshnessMode.valueOf(mode));
        IntStream.range(0, 20).forEach(i -> knows("p" + i % 3, "q" + i));
        fixture.deleteEdge("KNOWS", "p0", "q0", null);
        fixture.restart();
        knows("p0", "late");
        fixture.restart();
        fixture.nowMs += 1_000;
        fixture.background();

        assertThat(fixture.neighbours(knows, true, "p0"))
                .containsExactly("late", "q12", "q15", "q18", "q3", "q6", "q9");
        assertThat(fixture.neighbours(knows, false, "q1")).containsExactly("p1");
        long waiting = fixture.storages.values().stream()
                .mapToLong(storage -> storage.open("edge-pending").size())
                .sum();
        assertThat(waiting).as("changes that wait in state").isZero();
    }

    @Test
    void anEdgeTypeThatIsDroppedAndCreatedAgainSeesNothingOld() {
        knows(FreshnessMode.ASYNC);
        knows("p", "q");
        fixture.restart();
        fixture.control(new CatalogChange.DropEdgeType("KNOWS", false));
        long knows = knows(FreshnessMode.IMMEDIATE);

        assertThat(fixture.neighbours(knows, true, "p")).isEmpty();
    }

    @Test
    void aHubIsCutAtTheFirstNeighboursByKey() {
        long knows = knows(FreshnessMode.IMMEDIATE);
        IntStream.range(0, 1_000).forEach(i -> knows("hub", "q" + i));
        ExpandVertices expand = new ExpandVertices(
                List.of(new Vertex(0, "hub")), List.of(new EdgeLookup(0, knows, true)), Predicate.ALWAYS, null, 3);

        PartialResult.Rows rows = Fixture.rowsOf(fixture.ask(expand));
        assertThat(rows.truncated()).isTrue();
        assertThat(rows.rows()).extracting(row -> row[2]).containsExactly("q0", "q1", "q10");
    }

    private long edgesInState() {
        return fixture.storages.values().stream()
                .mapToLong(storage -> storage.open("edges").size())
                .sum();
    }
}
