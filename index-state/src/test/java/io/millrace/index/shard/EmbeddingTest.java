package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.value.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows whose vectors are made of a text. */
class EmbeddingTest extends EmbeddedNotes {
    @Test
    void rowIsSeenAtOnceAndFoundWhenItsTextIsEmbedded() {
        create();
        write("a", "the mill");
        write("b", "a boat");

        assertThat(fixture.rows(Fixture.scan(notes, "text"))).hasSize(2);
        assertThat(scores("mill")).isEmpty();
        assertThat(pending()).isEqualTo(2);
        assertThat(fixture.shards.pendingEmbeddings()).isEqualTo(2);

        embedder.run(fixture);

        assertScores(Map.of("a", "the mill", "b", "a boat"));
        assertThat(pending()).isZero();
        assertThat(fixture.rows(Fixture.scan(notes, "text", "v")))
                .allSatisfy(row -> assertThat(row.get(2)).isNotNull());
    }

    @ParameterizedTest
    @EnumSource(FreshnessMode.class)
    void vectorReachesTheIndexAsItsModeSays(FreshnessMode mode) {
        collection();
        index(mode);
        write("a", "the mill");
        embedder.run(fixture);
        fixture.nowMs += 100;
        embedder.run(fixture);

        boolean rebuilt = mode == FreshnessMode.REBUILD_ONLY;
        assertScores(Map.of("a", "the mill"));
        assertThat(fixture.shards.indexStatus().stream()
                        .mapToLong(IndexStatus::rowsIndexed)
                        .sum())
                .isEqualTo(rebuilt ? 0 : 1);
        assertThat(fixture.shards.indexStatus().stream()
                        .mapToLong(IndexStatus::staleRows)
                        .sum())
                .isEqualTo(rebuilt ? 1 : 0);
    }

    /** A hit is never scored by a text that the row has no more. */
    @Test
    void anotherTextTakesTheVectorAwayUntilItsOwnIsThere() {
        create();
        write("a", "the mill");
        embedder.run(fixture);

        fixture.patch("notes", "a", Map.of("text", "a boat"));
        assertThat(scores("mill")).isEmpty();
        fixture.patch("notes", "a", Map.of("n", 7L));
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat"));
        assertThat(embedder.embedded).containsExactly("the mill", "a boat");
    }

    @Test
    void vectorOfAnOldTextIsDropped() {
        create();
        write("a", "the mill");
        fixture.background();
        assertThat(embedder.waiting).hasSize(1);
        write("a", "a boat");

        embedder.answer(fixture.shards);
        fixture.background();
        assertThat(scores("mill")).isEmpty();
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat"));
    }

    @Test
    void equalTextIsNotEmbeddedAgain() {
        create();
        write("a", "the mill");
        embedder.run(fixture);

        write("a", "the mill");
        fixture.upsert("notes", "a", Map.of("text", "the mill", "n", 3L));
        fixture.patch("notes", "a", Map.of("text", "the mill"));
        Map<String, Object> nulls = new HashMap<>(Map.of("text", "the mill"));
        nulls.put("v", null);
        fixture.upsert("notes", "a", nulls);
        embedder.run(fixture);

        assertScores(Map.of("a", "the mill"));
        assertThat(embedder.embedded).containsExactly("the mill");
    }

    @Test
    void vectorThatTheEventBringsIsTaken() {
        create();
        fixture.upsert("notes", "a", Map.of("text", "the mill", "v", doubles(WORDS.vector("a boat"))));
        write("b", "the mill");
        fixture.patch("notes", "b", Map.of("v", doubles(WORDS.vector("the sea"))));
        embedder.run(fixture);

        assertScores(Map.of("a", "a boat", "b", "the sea"));
        assertThat(embedder.embedded).isEmpty();
    }

    @Test
    void rowWithoutTextOrThatIsGoneHasNoVector() {
        create();
        write("gone", "the mill");
        write("blank", "  ");
        write("taken", "the mill");
        write("nulled", "the mill");
        fixture.upsert("notes", "none", Map.of("n", 1L));
        fixture.background();
        fixture.delete("notes", "gone", false);
        Map<String, Object> noText = new HashMap<>();
        noText.put("text", null);
        fixture.patch("notes", "nulled", noText);
        Map<String, Object> noVector = new HashMap<>();
        noVector.put("v", null);
        fixture.patch("notes", "taken", noVector);
        embedder.run(fixture);

        assertThat(scores("mill")).isEmpty();
        assertThat(fixture.shards.pendingEmbeddings()).isZero();
        assertThat(fixture.rows(Fixture.scan(notes))).hasSize(4);
    }

    @Test
    void rowsOfBeforeTheIndexAreEmbedded() {
        collection();
        for (int i = 0; i < 300; i++) {
            write("k" + i, "word" + i);
        }
        fixture.upsert("notes", "own", Map.of("text", "the mill", "v", doubles(WORDS.vector("a boat"))));
        index(FreshnessMode.IMMEDIATE);
        embedder.run(fixture);

        assertThat(scores("mill")).hasSize(301);
        assertThat(embedder.embedded).hasSize(300);
        index("again", FreshnessMode.IMMEDIATE, "text");
        embedder.run(fixture);
        assertThat(embedder.embedded).as("one index cares for the field").hasSize(300);
        fixture.control(new CatalogChange.DropVectorIndex("notes_v", false));
        write("late", "the mill");
        embedder.run(fixture);
        assertThat(embedder.embedded).as("then another").hasSize(301);
    }

    @Test
    void longTextIsCutWhereItIsEmbedded() {
        create();
        write("a", "x".repeat(39) + "\uD83D\uDE00 mill");
        embedder.run(fixture);

        assertThat(embedder.embedded).containsExactly("x".repeat(39));
        assertThat(fixture.rows(Fixture.scan(notes, "text")).get(0).get(1).toString())
                .endsWith("mill");
    }

    @Test
    void whatWaitsGoesWithItsIndexAndItsCollection() {
        create();
        write("a", "the mill");
        fixture.control(new CatalogChange.DropVectorIndex("notes_v", false));
        embedder.run(fixture);
        assertThat(entries()).isZero();

        index(FreshnessMode.IMMEDIATE);
        fixture.background();
        assertThat(embedder.waiting).as("the row waits for the new index").hasSize(1);
        fixture.control(new CatalogChange.DropCollection("notes", false));
        embedder.run(fixture);
        assertThat(entries()).isZero();
    }

    private long entries() {
        return fixture.storages.values().stream()
                .mapToLong(storage -> storage.open(StateNames.VECTOR_EMBEDDING).size())
                .sum();
    }

    @Test
    void textOfTheKeyIsEmbedded() {
        collection();
        index("notes_v", FreshnessMode.IMMEDIATE, "id");
        index = fixture.catalog.vectorIndex("notes_v").orElseThrow().id();
        fixture.patch("notes", "the mill", Map.of("n", 1L));
        fixture.upsert("notes", "a boat", Map.of("n", 1L));
        embedder.run(fixture);

        assertScores(Map.of("the mill", "the mill", "a boat", "a boat"));
    }

    /** Keeps the row's event time and type, by which it is found. */
    @Test
    void rowKeepsItsPlaceInTime() {
        fixture.embedWith(embedder);
        notes = fixture.collection(Fixture.schema(
                "notes",
                "at",
                new Field("id", ValueType.STRING),
                new Field("text", ValueType.STRING),
                new Field("at", ValueType.TIMESTAMP),
                new Field("v", ValueType.VECTOR, DIMENSION)));
        index(FreshnessMode.IMMEDIATE);
        fixture.upsert("notes", "a", Map.of("text", "the mill", "at", 5_000_000L));
        List<List<@Nullable Object>> before = fixture.rows(Fixture.scan(notes, "@timestamp", "text", "at"));
        embedder.run(fixture);

        assertThat(fixture.rows(Fixture.scan(notes, "@timestamp", "text", "at")))
                .isEqualTo(before);
        assertScores(Map.of("a", "the mill"));
    }
}
