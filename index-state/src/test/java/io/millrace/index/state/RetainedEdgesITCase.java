package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.shard.Fixture;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.mutation.ShardInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edges that outlive the retention of their type leave RocksDB too. */
class RetainedEdgesITCase {
    private static final int SHARDS = 2;
    private static final long HOUR_MS = 3_600_000;

    @TempDir
    private Path folder = Path.of("");

    private final Fixture heap = new Fixture(SHARDS);

    private void edges(long hour, int count) {
        heap.nowMs = hour * HOUR_MS;
        for (int i = 0; i < count; i++) {
            heap.edge("MET", "p" + i % 40, "h" + hour + "-" + i, null, Map.of());
        }
    }

    @Test
    void theyGoOverARestoreInTheMiddleAndWhatWasSeenSinceStays() throws Exception {
        heap.people();
        heap.control(new CatalogChange.CreateEdgeType(
                new EdgeType(
                        0, "MET", "people", "people", List.of(), null, HOUR_MS, Freshness.of(FreshnessMode.IMMEDIATE)),
                false));
        long met = heap.catalog.edgeType("MET").orElseThrow().id();
        edges(10, 900);
        heap.nowMs = 12 * HOUR_MS;
        heap.edge("MET", "p1", "h10-1", null, Map.of());
        edges(12, 60);
        OperatorSubtaskState state;
        try (ShardOperator.Running running = start(null)) {
            for (ShardInput input : heap.inputs) {
                running.process(input);
            }
            assertThat(entries(running, StateNames.EDGES, met)).isEqualTo(1_920);
            running.shards().runBackground(0);
            running.shards().runBackground(0);
            assertThat(entries(running, StateNames.EDGES, met)).isBetween(123L, 1_919L);
            state = running.snapshot(1);
        }
        try (ShardOperator.Running running = start(state)) {
            assertThat(running.shards().nextDeadlineMs()).isEqualTo(Long.MIN_VALUE);
            while (running.shards().runBackground(Long.MAX_VALUE / 8)) {
                continue;
            }

            assertThat(entries(running, StateNames.EDGES, met)).isEqualTo(2 * 61);
            assertThat(entries(running, StateNames.EDGE_HOURS, met)).isEqualTo(2 * 61);
            assertThat(entries(running, StateNames.EDGE_TIMES, met))
                    .as("of each shard one hour and the greatest time")
                    .isEqualTo(2 * SHARDS);
            assertThat(running.shards().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    private static long entries(ShardOperator.Running running, String state, long type) {
        long count = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            KeyValueStore store = running.storages().storage(shard).open(state);
            try (NamespaceCursor namespaces = store.namespaces(Namespaces.of(type))) {
                while (namespaces.next()) {
                    byte[] namespace = namespaces.namespace();
                    Cursor cursor = namespace == null ? null : store.scan(namespace);
                    while (cursor != null && cursor.next()) {
                        count++;
                    }
                }
            }
        }
        return count;
    }

    private ShardOperator.Running start(@Nullable OperatorSubtaskState state) throws Exception {
        return ShardOperator.start(SHARDS, 1, 0, state, folder, heap, heap.catalog);
    }
}
