package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Cursor;
import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What building an index writes to state. */
class VectorBuildTest {
    private static final int DIMENSION = 16;
    private static final int ROWS = 3_000;
    private static final long SEED = 71;

    private final HeapShardStorage state = new HeapShardStorage();
    private final Fixture fixture = new Fixture(1, shard -> this::open);
    private final Random random = new Random(SEED);
    private int nodesWritten;

    VectorBuildTest() {
        fixture.storages.put(0, state);
    }

    private KeyValueStore open(String name) {
        KeyValueStore store = state.open(name);
        return name.equals(StateNames.VECTOR_NODES) ? new Counting(store) : store;
    }

    private final class Counting implements KeyValueStore {
        private final KeyValueStore store;

        Counting(KeyValueStore store) {
            this.store = store;
        }

        @Override
        public byte @Nullable [] get(byte[] namespace, byte[] key) {
            return store.get(namespace, key);
        }

        @Override
        public void put(byte[] namespace, byte[] key, byte[] value) {
            nodesWritten++;
            store.put(namespace, key, value);
        }

        @Override
        public void putAll(byte[] namespace, Map<byte[], byte[]> entries) {
            nodesWritten += entries.size();
            store.putAll(namespace, entries);
        }

        @Override
        public void remove(byte[] namespace, byte[] key) {
            store.remove(namespace, key);
        }

        @Override
        public Cursor scan(byte[] namespace) {
            return store.scan(namespace);
        }

        @Override
        public int compareKeys(byte[] left, byte[] right) {
            return store.compareKeys(left, right);
        }

        @Override
        public NamespaceCursor namespaces(byte[] prefix) {
            return store.namespaces(prefix);
        }

        @Override
        public void clear(byte[] namespace) {
            store.clear(namespace);
        }
    }

    private double[] vector() {
        double[] vector = new double[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private void put(int id) {
        fixture.upsert("items", Integer.toString(id), Map.of("v", vector()));
    }

    private List<List<List<@Nullable Object>>> answers(long items) {
        long index = fixture.catalog.vectorIndex("items_v").orElseThrow().id();
        Random queries = new Random(SEED + 1);
        List<List<List<@Nullable Object>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            float[] query = new float[DIMENSION];
            for (int j = 0; j < DIMENSION; j++) {
                query[j] = (float) queries.nextGaussian();
            }
            FragmentOperation search = Fixture.search(items, "v", index, Metric.L2, query, 10);
            assertThat(Fixture.rowsOf(fixture.ask(search)).stats().path().toString())
                    .isEqualTo("ANN");
            answers.add(fixture.rows(search));
        }
        return answers;
    }

    @Test
    void aNodeIsWrittenOnceByABuildAlsoWhereRowsChangeMeanwhile() {
        long items = fixture.collection(Fixture.schema(
                "items", null, new Field("id", ValueType.INT), new Field("v", ValueType.VECTOR, DIMENSION)));
        for (int id = 0; id < ROWS; id++) {
            put(id);
        }
        fixture.vectorIndex("items_v", "items", "v", DIMENSION, Metric.L2, VectorEngine.HNSW);
        fixture.background();
        assertThat(nodesWritten).as("of %d", ROWS).isBetween(ROWS * 3 / 4, ROWS);
        fixture.shards.flush();
        assertThat(nodesWritten).isEqualTo(ROWS);

        nodesWritten = 0;
        fixture.control(new CatalogChange.BuildVectorIndex("items_v"));
        for (int step = 0; step < 100; step++) {
            fixture.shards.runBackground(0);
            if (step % 10 == 0) {
                put(step);
            }
        }
        fixture.background();
        fixture.shards.flush();
        assertThat(fixture.shards.indexStatus().get(0).indexVersion()).isEqualTo(2);
        assertThat(nodesWritten).as("of %d", ROWS).isBetween(ROWS, ROWS * 3 / 2);

        List<List<List<@Nullable Object>>> before = answers(items);
        fixture.crash();
        assertThat(answers(items)).isEqualTo(before);
    }
}
