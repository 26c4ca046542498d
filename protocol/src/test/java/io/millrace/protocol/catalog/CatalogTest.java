package io.millrace.protocol.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogTest {
    private Catalog catalog = Catalog.EMPTY;
    private long offset = 40;

    @Test
    void firstOfANameWinsAndTheSecondIsAConflict() {
        apply("r1", create("papers", false));
        long id = catalog.collection("papers").orElseThrow().id();
        apply("r2", create("papers", false));

        assertThat(problem("r1")).isNull();
        assertThat(changed("r1")).isTrue();
        assertThat(code("r2")).isEqualTo(ErrorCode.CONFLICT_NAME);
        assertThat(changed("r2")).isFalse();
        assertThat(catalog.collection("papers").orElseThrow().id()).isEqualTo(id);
    }

    @Test
    void ifNotExistsSucceedsAndKeepsWhatIsThere() {
        apply("r1", create("papers", false));
        apply(
                "r2",
                new CatalogChange.CreateCollection(
                        CatalogExamples.collection("papers", new Field("other", ValueType.STRING)), true));

        assertThat(problem("r2")).isNull();
        assertThat(changed("r2")).isFalse();
        assertThat(catalog.collection("papers").orElseThrow().fieldIndex("other"))
                .isNegative();
    }

    @Test
    void sameRequestAgainChangesNothingAndKeepsItsOutcome() {
        apply("r1", create("papers", false));
        ControlOutcome first = catalog.outcome("r1").orElseThrow();
        apply("r2", new CatalogChange.DropCollection("papers", false));
        apply("r1", create("papers", false));

        assertThat(catalog.collection("papers")).isEmpty();
        assertThat(catalog.outcome("r1")).contains(first);
        assertThat(catalog.version()).isEqualTo(offset);
    }

    @Test
    void recordBelowTheVersionChangesNothing() {
        apply("r1", create("papers", false));
        Catalog before = catalog;

        assertThat(catalog.apply(catalog.version() - 1, new ControlRecord("r9", create("other", false))))
                .isSameAs(before);
    }

    @Test
    void refusedRecordMovesTheVersion() {
        apply("r1", new CatalogChange.DropCollection("papers", false));

        assertThat(code("r1")).isEqualTo(ErrorCode.NOT_FOUND_COLLECTION);
        assertThat(catalog.version()).isEqualTo(offset);
        assertThat(catalog.outcome("r1").orElseThrow().version()).isEqualTo(offset);
        assertThat(catalog.at(offset - 1)).isSameAs(catalog);
        assertThat(catalog.at(offset + 5).version()).isEqualTo(offset + 5);
    }

    @Test
    void nameThatWasDroppedAndCreatedAgainHasANewId() {
        apply("r1", create("papers", false));
        long first = catalog.collection("papers").orElseThrow().id();
        apply("r2", new CatalogChange.DropCollection("papers", false));
        apply("r3", create("papers", false));

        assertThat(first).isEqualTo(40);
        assertThat(catalog.collection("papers").orElseThrow().id()).isEqualTo(42);
    }

    @Test
    void collectionThatAnEdgeTypeUsesCannotBeDropped() {
        apply("r1", create("papers", false));
        apply("r2", create("authors", false));
        apply("r3", new CatalogChange.CreateEdgeType(CatalogExamples.edgeType("WROTE", "authors", "papers"), false));
        apply("r4", new CatalogChange.DropCollection("papers", false));
        apply("r5", new CatalogChange.DropCollection("authors", true));

        assertThat(code("r4")).isEqualTo(ErrorCode.CONFLICT_IN_USE);
        assertThat(code("r5")).isEqualTo(ErrorCode.CONFLICT_IN_USE);

        apply("r6", new CatalogChange.DropEdgeType("WROTE", false));
        apply("r7", new CatalogChange.DropCollection("papers", false));

        assertThat(problem("r7")).isNull();
        assertThat(catalog.collection("papers")).isEmpty();
    }

    @Test
    void indexesAndEventTypesGoWithTheirCollection() {
        apply("r1", create("papers", false));
        apply("r2", new CatalogChange.CreateVectorIndex(CatalogExamples.index("papers_v", "papers", "v", 3), false));
        apply("r3", new CatalogChange.CreateEventType(CatalogExamples.eventType("Published", "papers"), false));
        assertThat(catalog.indexesOf("papers"))
                .extracting(VectorIndexDefinition::name)
                .containsExactly("papers_v");
        apply("r4", new CatalogChange.DropCollection("papers", false));

        assertThat(catalog.vectorIndex("papers_v")).isEmpty();
        assertThat(catalog.eventType("Published")).isEmpty();
    }

    @Test
    void whatDoesNotExistIsNotFoundUnlessIfExistsIsSaid() {
        apply("r1", new CatalogChange.DropEdgeType("CITES", false));
        apply("r2", new CatalogChange.DropVectorIndex("papers_v", false));
        apply("r3", new CatalogChange.DropVectorIndex("papers_v", true));
        apply("r4", new CatalogChange.AddField("papers", new Field("x", ValueType.INT)));
        apply("r5", new CatalogChange.CreateEdgeType(CatalogExamples.edgeType("CITES", "papers", "papers"), false));
        apply("r6", new CatalogChange.CreateEventType(CatalogExamples.eventType("Published", "papers"), false));
        apply("r7", new CatalogChange.CreateVectorIndex(CatalogExamples.index("i", "papers", "v", 3), false));

        assertThat(code("r1")).isEqualTo(ErrorCode.NOT_FOUND_EDGE_TYPE);
        assertThat(code("r2")).isEqualTo(ErrorCode.NOT_FOUND_INDEX);
        assertThat(problem("r3")).isNull();
        assertThat(changed("r3")).isFalse();
        for (String request : List.of("r4", "r5", "r6", "r7")) {
            assertThat(code(request)).as(request).isEqualTo(ErrorCode.NOT_FOUND_COLLECTION);
        }
    }

    @Test
    void fieldIsAddedBehindTheOthersAndOnce() {
        apply("r1", create("papers", false));
        apply("r2", new CatalogChange.AddField("papers", new Field("venue", ValueType.STRING)));
        apply("r3", new CatalogChange.AddField("papers", new Field("venue", ValueType.INT)));

        CollectionSchema papers = catalog.collection("papers").orElseThrow();
        assertThat(papers.fieldIndex("venue")).isEqualTo(papers.fields().size() - 1);
        assertThat(papers.id()).isEqualTo(40);
        assertThat(code("r3")).isEqualTo(ErrorCode.CONFLICT_NAME);
    }

    @Test
    void indexNeedsAVectorFieldOfItsDimension() {
        apply("r1", create("papers", false));
        apply("r2", new CatalogChange.CreateVectorIndex(CatalogExamples.index("i", "papers", "v", 4), false));
        apply("r3", new CatalogChange.CreateVectorIndex(CatalogExamples.index("i", "papers", "nothing", 3), false));
        apply("r4", new CatalogChange.CreateVectorIndex(CatalogExamples.index("i", "papers", "title", 0), false));

        for (String request : List.of("r2", "r3", "r4")) {
            assertThat(code(request)).as(request).isEqualTo(ErrorCode.NOT_FOUND_FIELD);
        }
    }

    @Test
    void alteredIndexKeepsItsIdAndEverythingThatIsNotNamed() {
        VectorIndexDefinition before = withIndex();
        apply("r3", alter(FreshnessMode.ASYNC, null));
        apply("r4", new CatalogChange.AlterVectorIndex("papers_v", FreshnessChange.NONE, 321, 9.5));
        VectorIndexDefinition after = index();

        assertThat(changed("r3")).isTrue();
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.buildOffset()).isEqualTo(before.buildOffset());
        assertThat(after.efSearchGiven()).isEqualTo(321);
        assertThat(after.preselectAlphaGiven()).isEqualTo(9.5);
        assertThat(after.freshness()).isEqualTo(new Freshness(FreshnessMode.ASYNC, 64, 20, 1_000, false));
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("efSearchGiven", "preselectAlphaGiven", "freshness")
                .isEqualTo(before);
    }

    @Test
    void alterationToWhatIsThereAlreadyChangesNothing() {
        withIndex();
        apply("r3", alter(FreshnessMode.BATCHED, true));

        assertThat(problem("r3")).isNull();
        assertThat(changed("r3")).isFalse();
    }

    /** A value that differs from the default of its mode was given, and outlives the mode. */
    @ParameterizedTest
    @CsvSource({
        "BATCHED, , ASYNC, , false",
        "BATCHED, false, ASYNC, , false",
        "BATCHED, , ASYNC, true, true",
        "IMMEDIATE, true, ASYNC, , true",
        "IMMEDIATE, , BATCHED, , true",
        "IMMEDIATE, , BATCHED, false, false",
        "ASYNC, true, BATCHED, , true",
        "ASYNC, , REBUILD_ONLY, , false",
    })
    void modeBringsItsDefaultOfPendingVisibleUnlessThatWasGiven(
            FreshnessMode from, @Nullable Boolean given, FreshnessMode to, @Nullable Boolean then, boolean expected) {
        withIndex();
        apply("r3", alter(from, given == null ? Freshness.of(from).pendingVisible() : given));
        apply("r4", alter(to, then));

        assertThat(index().freshness().pendingVisible()).isEqualTo(expected);
    }

    @Test
    void buildIsKnownByItsControlOffsetAndCountsOnceARequest() {
        VectorIndexDefinition before = withIndex();
        assertThat(before.buildOffset()).isEqualTo(before.id());
        apply("r3", new CatalogChange.BuildVectorIndex("papers_v"));
        long first = index().buildOffset();
        apply("r3", new CatalogChange.BuildVectorIndex("papers_v"));

        assertThat(first).isEqualTo(offset - 2);
        assertThat(changed("r3")).isTrue();
        assertThat(index().buildOffset()).isEqualTo(first);

        apply("r4", new CatalogChange.BuildVectorIndex("papers_v"));

        assertThat(index().buildOffset()).isEqualTo(offset - 1);
        assertThat(index().id()).isEqualTo(before.id());
    }

    @Test
    void indexThatDoesNotExistIsNeitherAlteredNorBuilt() {
        withIndex();

        assertThat(nearest("r3", new CatalogChange.BuildVectorIndex("papers_w")))
                .isEqualTo("papers_v");
        assertThat(nearest("r4", new CatalogChange.AlterVectorIndex("paper_v", FreshnessChange.NONE, 1, null)))
                .isEqualTo("papers_v");
        assertThat(code("r3")).isEqualTo(ErrorCode.NOT_FOUND_INDEX);
        assertThat(code("r4")).isEqualTo(ErrorCode.NOT_FOUND_INDEX);
    }

    private VectorIndexDefinition withIndex() {
        apply("r1", create("papers", false));
        apply("r2", new CatalogChange.CreateVectorIndex(CatalogExamples.index("papers_v", "papers", "v", 3), false));
        return index();
    }

    private VectorIndexDefinition index() {
        return catalog.vectorIndex("papers_v").orElseThrow();
    }

    private static CatalogChange alter(FreshnessMode mode, @Nullable Boolean pendingVisible) {
        return new CatalogChange.AlterVectorIndex(
                "papers_v", new FreshnessChange(mode, null, null, null, pendingVisible), null, null);
    }

    @Test
    void unknownNamesComeWithTheNearest() {
        apply("r1", create("papers", false));
        apply("r2", new CatalogChange.CreateEdgeType(CatalogExamples.edgeType("CITES", "papers", "papers"), false));
        apply("r3", new CatalogChange.CreateVectorIndex(CatalogExamples.index("papers_v", "papers", "v", 3), false));

        assertThat(nearest("c", new CatalogChange.DropCollection("paper", false)))
                .isEqualTo("papers");
        assertThat(nearest("a", new CatalogChange.AddField("pappers", new Field("x", ValueType.INT))))
                .isEqualTo("papers");
        assertThat(nearest(
                        "e",
                        new CatalogChange.CreateEdgeType(CatalogExamples.edgeType("X", "papers", "papiers"), false)))
                .isEqualTo("papers");
        assertThat(nearest("t", new CatalogChange.DropEdgeType("SITES", false))).isEqualTo("CITES");
        assertThat(nearest("i", new CatalogChange.DropVectorIndex("papers_w", false)))
                .isEqualTo("papers_v");
        assertThat(nearest(
                        "f", new CatalogChange.CreateVectorIndex(CatalogExamples.index("j", "papers", "V", 3), false)))
                .isEqualTo("v");
        assertThat(nearest("n", new CatalogChange.DropCollection("customers", false)))
                .isNull();
    }

    private @Nullable String nearest(String requestId, CatalogChange change) {
        apply(requestId, change);
        return java.util.Objects.requireNonNull(problem(requestId)).nearest();
    }

    @Test
    void oldestOutcomesAreForgotten() {
        Map<String, ControlOutcome> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < Catalog.OUTCOMES_MAX; i++) {
            outcomes.put("r" + i, new ControlOutcome(i + 1, false, null));
        }
        catalog = new Catalog(0, Map.of(), Map.of(), Map.of(), Map.of(), outcomes);
        apply("new", new CatalogChange.DropCollection("papers", true));

        assertThat(catalog.outcomes()).hasSize(Catalog.OUTCOMES_MAX);
        assertThat(catalog.outcome("r0")).isEmpty();
        assertThat(catalog.outcome("r1")).isPresent();
    }

    @Test
    void keyIsAnIntOnlyForOneIntField() {
        CollectionSchema byNumber = schema(List.of("n"));
        CollectionSchema byBoth = schema(List.of("n", "s"));

        assertThat(byNumber.keyType()).isEqualTo(ValueType.INT);
        assertThat(byBoth.keyType()).isEqualTo(ValueType.STRING);
    }

    private static CollectionSchema schema(List<String> primaryKey) {
        List<Field> fields = List.of(new Field("n", ValueType.INT), new Field("s", ValueType.STRING));
        return new CollectionSchema(0, "c", fields, primaryKey, null, null, UnknownFields.ERROR);
    }

    @Test
    void dimensionGoesWithVectorsAndOnlyWithThem() {
        assertThatThrownBy(() -> new Field("v", ValueType.VECTOR)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Field("s", ValueType.STRING, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Field("v", ValueType.VECTOR, Field.DIMENSION_MAX + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void apply(String requestId, CatalogChange change) {
        catalog = catalog.apply(offset++, new ControlRecord(requestId, change));
    }

    private static CatalogChange create(String name, boolean ifNotExists) {
        return new CatalogChange.CreateCollection(CatalogExamples.collection(name), ifNotExists);
    }

    private @Nullable Problem problem(String requestId) {
        return catalog.outcome(requestId).orElseThrow().problem();
    }

    private ErrorCode code(String requestId) {
        Problem problem = problem(requestId);
        assertThat(problem).as(requestId).isNotNull();
        return java.util.Objects.requireNonNull(problem).code();
    }

    private boolean changed(String requestId) {
        return catalog.outcome(requestId).orElseThrow().changed();
    }
}
