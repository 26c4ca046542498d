package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition.DimensionPolicy;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.IndexStatusColumns;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusRunTest {
    private static final int SHARDS = 3;

    private final Fixture fixture = new Fixture(SHARDS);
    private long index;

    @BeforeEach
    void createCollection() {
        fixture.collection(
                Fixture.schema("people", null, new Field("id", ValueType.STRING), new Field("v", ValueType.VECTOR, 2)));
        index = fixture.vectorIndex("people_v", "people", "v", 2, Metric.L2, VectorEngine.FLAT, DimensionPolicy.SKIP);
    }

    private List<List<@Nullable Object>> status(@Nullable Long indexId) {
        return fixture.rows(new ReadIndexStatus(indexId));
    }

    private long sum(int column) {
        return status(index).stream()
                .mapToLong(row -> row.get(column) instanceof Long value ? value : 0)
                .sum();
    }

    private void put(int people) {
        for (int i = 0; i < people; i++) {
            fixture.upsert("people", "p" + i, Map.of("v", new double[] {i, 1}));
        }
    }

    @Test
    void everyShardGivesARowOfEveryIndexInOrder() {
        long other = fixture.vectorIndex("other", "people", "v", 2, Metric.L2, VectorEngine.FLAT);

        assertThat(status(null))
                .extracting(row -> List.of(row.get(IndexStatusColumns.SHARD), row.get(IndexStatusColumns.INDEX_ID)))
                .containsExactly(
                        List.of(0L, index),
                        List.of(0L, other),
                        List.of(1L, index),
                        List.of(1L, other),
                        List.of(2L, index),
                        List.of(2L, other));
        assertThat(status(other))
                .hasSize(SHARDS)
                .allMatch(row -> row.get(IndexStatusColumns.INDEX_ID).equals(other));
    }

    @Test
    void indexIsEmptyThenReadyAndCountsItsRowsAndTheirBytes() {
        assertThat(status(index)).allMatch(row -> "EMPTY".equals(row.get(IndexStatusColumns.STATE)));

        put(60);

        assertThat(status(index)).allMatch(row -> "READY".equals(row.get(IndexStatusColumns.STATE)));
        assertThat(sum(IndexStatusColumns.ROWS_INDEXED)).isEqualTo(60);
        assertThat(sum(IndexStatusColumns.BYTES)).isPositive();
    }

    @Test
    void indexOverRowsThatAreThereIsBuildingUntilTheyAreIn() {
        put(60);
        long late = fixture.vectorIndex("late", "people", "v", 2, Metric.L2, VectorEngine.FLAT);

        assertThat(status(late)).allMatch(row -> "BUILDING".equals(row.get(IndexStatusColumns.STATE)));

        fixture.background();

        assertThat(status(late)).allMatch(row -> "READY".equals(row.get(IndexStatusColumns.STATE)));
    }

    @Test
    void vectorsThatWereLeftOutAreCounted() {
        fixture.upsert("people", "short", Map.of("v", new double[] {1}));
        fixture.upsert("people", "text", Map.of("v", "text"));

        assertThat(sum(IndexStatusColumns.ROWS_DIM_MISMATCH)).isEqualTo(1);
        assertThat(sum(IndexStatusColumns.ROWS_INVALID)).isEqualTo(1);
        assertThat(sum(IndexStatusColumns.ROWS_INDEXED)).isZero();
    }

    @Test
    void indexThatWasDroppedIsNotFound() {
        fixture.control(new CatalogChange.DropVectorIndex("people_v", false));
        Partial partial = fixture.ask(new ReadIndexStatus(index));

        assertThat(((PartialResult.Failed) partial.result()).problems())
                .extracting(Problem::code)
                .containsExactly(ErrorCode.NOT_FOUND_INDEX);
        assertThat(status(null)).isEmpty();
    }
}
