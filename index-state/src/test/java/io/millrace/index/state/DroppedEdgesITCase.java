package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.shard.Fixture;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.mutation.ShardInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dropped edge type's edges leave the state in the background, in both stores, and over a restart in the middle. */
class DroppedEdgesITCase {
    private static final int SHARDS = 2;

    @TempDir
    private Path folder = Path.of("");

    private final Fixture heap = new Fixture(SHARDS);
    private long knows;
    private long likes;

    @BeforeEach
    void edgesOfTwoTypes() {
        heap.people();
        knows = heap.edgeType("KNOWS", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        likes = heap.edgeType("LIKES", "people", "people", Freshness.of(FreshnessMode.IMMEDIATE));
        for (int i = 0; i < 600; i++) {
            heap.edge("KNOWS", "p" + i % 40, "q" + i, null, Map.of());
            heap.edge("LIKES", "p" + i % 40, "q" + i, null, Map.of());
        }
    }

    private static long edges(IntFunction<ShardStorage> storages, long type) {
        long count = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            KeyValueStore store = storages.apply(shard).open(StateNames.EDGES);
            try (NamespaceCursor namespaces = store.namespaces(Namespaces.of(type))) {
                while (namespaces.next()) {
                    byte[] namespace = namespaces.namespace();
                    count += namespace == null ? 0 : count(store.scan(namespace));
                }
            }
        }
        return count;
    }

    private static long count(Cursor cursor) {
        long count = 0;
        while (cursor.next()) {
            count++;
        }
        return count;
    }

    private static void finish(ShardSet shards) {
        while (shards.runBackground(Long.MAX_VALUE / 8)) {
            continue;
        }
    }

    @Test
    void onTheHeapTheyGoAndTheOthersStayOverARestart() {
        IntFunction<ShardStorage> storages = heap.storages::get;
        List<String> liked = heap.neighbours(likes, true, "p1");
        heap.control(new CatalogChange.DropEdgeType("KNOWS", false));
        assertThat(heap.shards.nextDeadlineMs()).isEqualTo(Long.MIN_VALUE);
        for (int step = 0; step < 20 && edges(storages, knows) == 1_200; step++) {
            heap.shards.runBackground(0); // The list of vertices goes first.
        }
        assertThat(edges(storages, knows)).isBetween(1L, 1_199L);
        heap.restart();
        heap.background();

        assertThat(edges(storages, knows)).isZero();
        assertThat(edges(storages, likes)).isEqualTo(1_200);
        assertThat(heap.neighbours(likes, true, "p1")).isEqualTo(liked);
        heap.restart();
        assertThat(heap.shards.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void inRocksDbTheyGoAndTheOthersStayOverARestoreInTheMiddle() throws Exception {
        OperatorSubtaskState state;
        try (ShardOperator.Running running = start(null)) {
            for (ShardInput input : heap.inputs) {
                running.process(input);
            }
            assertThat(edges(running.storages()::storage, knows)).isEqualTo(1_200);
            heap.control(new CatalogChange.DropEdgeType("KNOWS", false));
            running.shards().catalogChanged(heap.catalog);
            // Steps over 128 entries of each shard, of which only some are of the type.
            running.shards().runBackground(0);
            running.shards().runBackground(0);
            running.shards().runBackground(0);
            assertThat(edges(running.storages()::storage, knows)).isBetween(1L, 1_199L);
            state = running.snapshot(1);
        }
        try (ShardOperator.Running running = start(state)) {
            assertThat(running.shards().nextDeadlineMs()).isEqualTo(Long.MIN_VALUE);
            finish(running.shards());

            assertThat(edges(running.storages()::storage, knows)).isZero();
            assertThat(edges(running.storages()::storage, likes)).isEqualTo(1_200);
            assertThat(running.shards().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** Each namespace once and only those of the prefix and the shard, however many entries there are. */
    @Test
    void rocksDbStepsOverEveryEntryAndNamesEachNamespaceOnce() throws Exception {
        try (ShardOperator.Running running = start(null)) {
            KeyValueStore store = running.storages().storage(0).open("test");
            for (long entry = 0; entry < 10; entry++) {
                store.put(Namespaces.adjacency(1, true, Bytes.utf8("a")), Bytes.ofLong(entry), Bytes.NONE);
                store.put(Namespaces.adjacency(1, true, Bytes.utf8("ab")), Bytes.ofLong(entry), Bytes.NONE);
                store.put(Namespaces.adjacency(2, true, Bytes.utf8("a")), Bytes.ofLong(entry), Bytes.NONE);
                running.storages()
                        .storage(1)
                        .open("test")
                        .put(Namespaces.adjacency(1, true, Bytes.utf8("b")), Bytes.ofLong(entry), Bytes.NONE);
            }
            int steps = 0;
            int found = 0;
            try (NamespaceCursor cursor = store.namespaces(Namespaces.of(1))) {
                while (cursor.next()) {
                    steps++;
                    found += cursor.namespace() == null ? 0 : 1;
                }
            }
            assertThat(steps).isEqualTo(40);
            assertThat(found).isEqualTo(2);
        }
    }

    private ShardOperator.Running start(@org.jspecify.annotations.Nullable OperatorSubtaskState state)
            throws Exception {
        return ShardOperator.start(SHARDS, 1, 0, state, folder, heap, heap.catalog);
    }
}
