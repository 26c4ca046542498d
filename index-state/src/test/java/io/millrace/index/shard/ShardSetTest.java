package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ShardSetTest {
    private final Fixture fixture = new Fixture(4);

    @Test
    void scanReturnsRowsOfAllShardsInKeyOrder() {
        long people = fixture.people();
        fixture.upsert("people", "b", Map.of("name", "Bea", "age", 30L));
        fixture.upsert("people", "a", Map.of("name", "Ann"));
        fixture.upsert("people", "c", Map.of("age", 7L));

        Partial partial = fixture.ask(Fixture.scan(people, "name", "age", "@timestamp"));

        assertThat(Fixture.asLists(Fixture.rowsOf(partial)))
                .containsExactly(
                        java.util.Arrays.asList("a", "Ann", null, 1_000_000L),
                        java.util.Arrays.asList("b", "Bea", 30L, 1_000_000L),
                        java.util.Arrays.asList("c", null, 7L, 1_000_000L));
        assertThat(partial.shards()).containsExactly(0, 1, 2, 3);
        assertThat(partial.certificates()).hasSize(4);
    }

    @Test
    void scanOrdersFiltersAndCutsAcrossShards() {
        long people = fixture.people();
        for (long age = 0; age < 50; age++) {
            fixture.upsert("people", "p" + age, Map.of("age", age % 10));
        }
        FragmentOperation scan = new ScanDocuments(
                new io.millrace.protocol.fragment.DocumentSelection(
                        people, null, null, new Predicate.Compare("age", Comparison.GTE, 8L)),
                List.of("age"),
                List.of(new SortKey("age", true)),
                6);

        PartialResult.Rows rows = Fixture.rowsOf(fixture.ask(scan));

        assertThat(Fixture.asLists(rows))
                .containsExactly(
                        List.of("p19", 9L),
                        List.of("p29", 9L),
                        List.of("p39", 9L),
                        List.of("p49", 9L),
                        List.of("p9", 9L),
                        List.of("p18", 8L));
        assertThat(rows.truncated()).isTrue();
        assertThat(rows.stats().rowsMatched()).isEqualTo(10);
    }

    @Test
    void fetchKeepsTheOrderOfTheKeysAndLeavesOutMissingRows() {
        long people = fixture.people();
        fixture.upsert("people", "a", Map.of("age", 1L));
        fixture.upsert("people", "b", Map.of("age", 2L));

        assertThat(fixture.rows(new FetchDocuments(people, List.of("b", "nobody", "a"), List.of("age"))))
                .containsExactly(List.of("b", 2L), List.of("a", 1L));
    }

    @Test
    void patchKeepsWhatItDoesNotNameAndDeleteRemovesTheRow() {
        long people = fixture.people();
        fixture.upsert("people", "a", Map.of("name", "Ann", "age", 1L));
        fixture.patch("people", "a", Map.of("age", 2L));
        fixture.patch("people", "new", Map.of("age", 3L));
        assertThat(fixture.rows(Fixture.scan(people, "name", "age")))
                .containsExactly(List.of("a", "Ann", 2L), java.util.Arrays.asList("new", null, 3L));

        fixture.delete("people", "a", false);
        assertThat(fixture.rows(Fixture.scan(people))).containsExactly(List.of("new"));
    }

    @Test
    void everyProblemOfAnEventIsReportedAtOnceAndNothingIsWritten() {
        long people = fixture.people();
        fixture.upsert("people", "a", Map.of("nam", "Ann", "age", "old"));

        assertThat(fixture.deadLetters).hasSize(1);
        assertThat(fixture.deadLetters.get(0).problems())
                .extracting(problem -> problem.code() + " " + problem.nearest())
                .containsExactlyInAnyOrder("INVALID_FIELD name", "INVALID_TYPE null");
        assertThat(fixture.rows(Fixture.scan(people))).isEmpty();
    }

    @Test
    void anEventOfAnUnknownCollectionIsADeadLetterThatNamesTheNearest() {
        fixture.people();
        fixture.upsert("peopel", "a", Map.of());

        assertThat(fixture.deadLetters.get(0).problems())
                .extracting(problem -> problem.code(), problem -> problem.nearest())
                .containsExactly(org.assertj.core.groups.Tuple.tuple(ErrorCode.NOT_FOUND_COLLECTION, "people"));
    }

    @Test
    void aReplayBelowTheAppliedOffsetChangesNothing() {
        long people = fixture.people();
        long knows = fixture.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        fixture.upsert("people", "a", Map.of("age", 1L));
        fixture.edge("KNOWS", "a", "b", null, Map.of());
        fixture.upsert("people", "a", Map.of("age", 2L));
        fixture.restart();

        long end = fixture.offset;
        fixture.offset = 0;
        fixture.upsert("people", "a", Map.of("age", 1L));
        fixture.deleteEdge("KNOWS", "a", "b", null);
        fixture.offset = end;

        assertThat(fixture.rows(Fixture.scan(people, "age"))).containsExactly(List.of("a", 2L));
        assertThat(fixture.neighbours(knows, true, "a")).containsExactly("b");
        assertThat(fixture.neighbours(knows, false, "b")).containsExactly("a");
    }

    @Test
    void aNameThatIsDroppedAndCreatedAgainSeesNothingOld() {
        fixture.people();
        fixture.upsert("people", "a", Map.of("age", 1L));
        fixture.control(new CatalogChange.DropCollection("people", false));
        long people = fixture.people();
        assertThat(fixture.rows(Fixture.scan(people))).isEmpty();

        fixture.upsert("people", "b", Map.of("age", 1L));
        fixture.background();
        assertThat(fixture.rows(Fixture.scan(people))).containsExactly(List.of("b"));
        long left = fixture.storages.values().stream()
                .mapToLong(storage -> storage.open("documents").size())
                .sum();
        assertThat(left).as("rows in state").isEqualTo(1);
    }

    @Test
    void aFragmentWaitsForItsOffsetsOnEveryShardAndSaysSoOnce() {
        long people = fixture.people();
        fixture.upsert("people", "a", Map.of("age", 1L));
        fixture.shards.submit(fixture.fragment(Fixture.scan(people), new OffsetToken(Map.of(Fixture.PARTITION, 2L))));
        assertThat(fixture.partials).hasSize(1);
        assertThat(fixture.partials.get(0).result())
                .isEqualTo(new PartialResult.Waiting(
                        new OffsetToken(Map.of(Fixture.PARTITION, 0L)), PartialResult.WaitingFor.OFFSETS));

        fixture.upsert("people", "b", Map.of("age", 1L));
        assertThat(fixture.partials).hasSize(1);
        fixture.markers();

        assertThat(fixture.partials).hasSize(2);
        Partial answer = fixture.partials.get(1);
        assertThat(Fixture.asLists(Fixture.rowsOf(answer))).containsExactly(List.of("a"), List.of("b"));
        assertThat(answer.certificates())
                .allSatisfy(certificate ->
                        assertThat(certificate.progress().get(0).applied()).isEqualTo(2));
    }

    @Test
    void aFragmentWaitsForItsCatalogVersion() {
        long people = fixture.people();
        Fragment now = fixture.fragment(Fixture.scan(people), OffsetToken.NONE);
        fixture.shards.submit(new Fragment(
                now.requestId(),
                1,
                0,
                0,
                now.catalogVersion() + 1,
                now.deadlineMs(),
                OffsetToken.NONE,
                now.operation()));
        assertThat(fixture.partials).isEmpty();

        fixture.control(new CatalogChange.DropCollection("nothing", true));
        assertThat(fixture.partials).hasSize(1);
    }

    @Test
    void anExpiredFragmentIsNeverAnswered() {
        long people = fixture.people();
        fixture.shards.submit(fixture.fragment(Fixture.scan(people), new OffsetToken(Map.of(Fixture.PARTITION, 1L))));
        fixture.nowMs += 60_001;
        fixture.upsert("people", "a", Map.of());
        fixture.markers();

        assertThat(fixture.partials).hasSize(1);
        assertThat(fixture.partials.get(0).result()).isInstanceOf(PartialResult.Waiting.class);
    }

    @Test
    void aFragmentAboutADroppedCollectionFailsWithItsCode() {
        long people = fixture.people();
        fixture.control(new CatalogChange.DropCollection("people", false));

        PartialResult result = fixture.ask(Fixture.scan(people)).result();

        assertThat(((PartialResult.Failed) result).problems())
                .extracting(io.millrace.protocol.Problem::code)
                .containsExactly(ErrorCode.NOT_FOUND_COLLECTION);
    }

    /** Its rows go in the background, so what it would still find is no answer. */
    @Test
    void aRunningFragmentFailsWhenItsCollectionIsDroppedAndOthersGoOn() {
        Fixture one = new Fixture(1);
        long people = one.people();
        long others = one.collection(Fixture.schema(
                "others",
                null,
                new io.millrace.protocol.catalog.Field("id", io.millrace.protocol.value.ValueType.STRING)));
        for (int i = 0; i < 1_000; i++) {
            one.upsert("people", "p" + i, Map.of("age", 1L));
            one.upsert("others", "o" + i, Map.of());
        }
        one.restart();
        one.sliced();
        one.shards.submit(one.fragment(Fixture.scan(people), OffsetToken.NONE));
        one.shards.submit(one.fragment(Fixture.scan(others), OffsetToken.NONE));
        one.control(new CatalogChange.DropCollection("people", false));
        one.background();
        one.finish();

        assertThat(one.partials).hasSize(2);
        assertThat(((PartialResult.Failed) one.partials.get(0).result()).problems())
                .extracting(io.millrace.protocol.Problem::code)
                .containsExactly(ErrorCode.NOT_FOUND_COLLECTION);
        assertThat(Fixture.rowsOf(one.partials.get(1)).rows()).hasSize(1_000);
    }

    @Test
    void aRunningFragmentFailsWhenItsEdgeTypeIsDropped() {
        Fixture one = new Fixture(1);
        one.people();
        long knows = one.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        for (int i = 0; i < 1_000; i++) {
            one.edge("KNOWS", "hub", "p" + i, null, Map.of());
        }
        one.restart();
        one.sliced();
        one.shards.submit(one.fragment(
                new FragmentOperation.ExpandVertices(
                        List.of(new FragmentOperation.Vertex(0, "hub")),
                        List.of(new FragmentOperation.EdgeLookup(0, knows, true)),
                        Predicate.ALWAYS,
                        null,
                        10_000),
                OffsetToken.NONE));
        one.control(new CatalogChange.DropEdgeType("KNOWS", false));
        one.finish();

        assertThat(((PartialResult.Failed) one.partials.get(0).result()).problems())
                .extracting(io.millrace.protocol.Problem::code)
                .containsExactly(ErrorCode.NOT_FOUND_EDGE_TYPE);
    }

    @Test
    void aSlicedFragmentSaysWhereItsReadBeganAndEndedAndLetsOthersPass() {
        Fixture one = new Fixture(1);
        long people = one.people();
        for (int i = 0; i < 1_000; i++) {
            one.upsert("people", "p" + i, Map.of("age", 1L));
        }
        one.restart();
        one.sliced();
        one.shards.submit(one.fragment(Fixture.scan(people), OffsetToken.NONE));
        one.upsert("people", "p1", Map.of("age", 2L));
        one.shards.submit(one.fragment(new FetchDocuments(people, List.of("p1"), List.of("age")), OffsetToken.NONE));
        assertThat(Fixture.asLists(Fixture.rowsOf(one.partials.get(0)))).containsExactly(List.of("p1", 2L));
        one.finish();

        assertThat(one.partials).hasSize(2);
        io.millrace.protocol.fragment.SourceProgress progress =
                one.partials.get(1).certificates().get(0).progress().get(0);
        assertThat(progress.applied()).isEqualTo(1_000);
        assertThat(progress.appliedUntil()).isEqualTo(1_001);
        assertThat(Fixture.rowsOf(one.partials.get(1)).rows()).hasSize(1_000);
    }

    @Test
    void aFaultInOneFragmentIsItsAnswerAndStopsNoOther() {
        Fixture one = new Fixture(1);
        long people = one.people();
        one.upsert("people", "a", Map.of("age", 1L));
        java.util.Objects.requireNonNull(one.storages.get(0))
                .open("documents")
                .put(io.millrace.index.store.Namespaces.of(people), new byte[] {'b'}, new byte[] {99});

        PartialResult result = one.ask(Fixture.scan(people, "@timestamp")).result();
        assertThat(((PartialResult.Failed) result).problems())
                .extracting(io.millrace.protocol.Problem::code)
                .containsExactly(ErrorCode.INTERNAL);
        assertThat(one.rows(new FetchDocuments(people, List.of("a"), List.of("age"))))
                .containsExactly(List.of("a", 1L));
    }

    @Test
    void aLongAnswerComesInPartsBetweenWhichOthersAreAnswered() {
        Fixture one = new Fixture(1);
        long people = one.people();
        for (int i = 0; i < 5_000; i++) {
            one.upsert("people", "p" + i, Map.of("age", (long) i));
        }
        one.shards.flush();
        one.sliced();
        FragmentOperation all =
                new ScanDocuments(Fixture.all(people), List.of("age"), List.of(new SortKey("age", false)), 100_000);
        one.shards.submit(one.fragment(all, OffsetToken.NONE));
        while (one.partials.isEmpty()) {
            one.shards.runSlice(0);
        }
        one.shards.submit(one.fragment(new FetchDocuments(people, List.of("p7"), List.of("age")), OffsetToken.NONE));
        while (one.shards.hasRunning()) {
            one.shards.runSlice(0);
        }

        List<Partial> ofLong = one.partials.stream()
                .filter(partial ->
                        partial.requestId().equals(one.partials.get(0).requestId()))
                .toList();
        int small = one.partials.indexOf(one.partials.stream()
                .filter(partial -> !ofLong.contains(partial))
                .findFirst()
                .orElseThrow());
        assertThat(small).isLessThan(one.partials.size() - 1);
        assertThat(ofLong).hasSize(5);
        assertThat(Fixture.rowsOf(Fixture.whole(ofLong)).rows())
                .extracting(row -> row[1])
                .isEqualTo(LongStream.range(0, 5_000).boxed().toList());
    }
}
