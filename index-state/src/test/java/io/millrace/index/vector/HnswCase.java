package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.HeapKeyValueStore;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.catalog.VectorIndexDefinition.Quantization;
import io.millrace.protocol.catalog.VectorIndexDefinition.Rescore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An index on the heap beside the vectors it must have. */
final class HnswCase {
    final int dimension;
    final Map<String, HeapKeyValueStore> states = new HashMap<>();
    final TreeMap<String, float[]> live = new TreeMap<>();
    private final VectorIndexDefinition definition;
    HnswIndex index;

    HnswCase(Metric metric, int dimension, int m, int efConstruction, Quantization quantization, Rescore rescore) {
        this.dimension = dimension;
        definition = new VectorIndexDefinition(
                3,
                "v",
                "c",
                "f",
                dimension,
                metric,
                VectorEngine.HNSW,
                Freshness.of(FreshnessMode.IMMEDIATE),
                m,
                efConstruction,
                100,
                quantization,
                rescore,
                List.of(),
                VectorIndexDefinition.DimensionPolicy.ERROR,
                4,
                null);
        index = open();
    }

    static HnswCase floats(Metric metric, int dimension) {
        return new HnswCase(metric, dimension, 16, 100, Quantization.NONE, Rescore.MEMORY);
    }

    /** Returns a vector of normal components. */
    static float[] gaussian(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private HnswIndex open() {
        ShardStorage storage = name -> (KeyValueStore) states.computeIfAbsent(name, n -> new HeapKeyValueStore());
        return HnswIndex.open(definition, storage, Namespaces.indexVersion(3, 0), false);
    }

    void put(String key, float[] vector) {
        index.put(key, vector);
        live.put(key, vector);
    }

    void remove(String key) {
        index.remove(key);
        live.remove(key);
    }

    void restart() {
        index.flush();
        index = open();
    }

    record Hit(String key, double score) {}

    List<Hit> nearest(float[] query, int count, int ef) {
        List<Hit> hits = new ArrayList<>();
        index.nearest(query, count, ef, (key, score) -> hits.add(new Hit(key, score)));
        Comparator<Hit> byScore = Comparator.comparingDouble(Hit::score);
        hits.sort((definition.metric().ascending() ? byScore : byScore.reversed()).thenComparing(Hit::key));
        return hits;
    }

    List<Hit> exact(float[] query, int k) {
        TopK top = new TopK(k, definition.metric().ascending(), KeyOrder.of(false));
        live.forEach((key, vector) -> top.offer(key, Distance.score(definition.metric(), query, vector), 0));
        return top.bestFirst().stream()
                .map(hit -> new Hit(hit.key(), hit.score()))
                .toList();
    }

    double recall(List<float[]> queries, int k, int count, int ef) {
        int found = 0;
        for (float[] query : queries) {
            double bound = exact(query, k).get(k - 1).score();
            found += (int) nearest(query, count, ef).stream()
                    .limit(k)
                    .filter(hit -> definition.metric().ascending() ? hit.score() <= bound : hit.score() >= bound)
                    .count();
        }
        return found / (double) (k * queries.size());
    }

    /** Returns how many live rows are among the first {@code among} when their own vector is searched. */
    int foundThemselves(int ef, int among) {
        int found = 0;
        for (Map.Entry<String, float[]> row : live.entrySet()) {
            double best = definition.metric().ascending()
                    ? 0
                    : Distance.score(definition.metric(), row.getValue(), row.getValue());
            List<Hit> hits = nearest(row.getValue(), among, ef);
            boolean equal = hits.stream().anyMatch(hit -> hit.key().equals(row.getKey()))
                    || hits.size() >= among && hits.get(among - 1).score() == best;
            found += equal ? 1 : 0;
        }
        return found;
    }

    /** Returns by node and level the links with their distances. */
    Map<Integer, List<List<Long>>> links() {
        LinkTable links = index.graph().links();
        Map<Integer, List<List<Long>>> all = new TreeMap<>();
        long[] list = new long[links.room(0)];
        for (int slot : index.nodes()) {
            List<List<Long>> levels = new ArrayList<>();
            for (int level = 0; level <= links.level(slot); level++) {
                int count = links.read(slot, level, list);
                levels.add(Arrays.stream(list, 0, count).boxed().toList());
            }
            all.put(slot, levels);
        }
        return all;
    }

    /** Checks that every node hangs from the root by links, and that both ends of every link know it. */
    void checkGraph() {
        HnswGraph graph = index.graph();
        LinkTable links = graph.links();
        for (int slot : index.nodes()) {
            assertThat(graph.lineage().isRooted(slot))
                    .as("node %s is rooted", slot)
                    .isTrue();
            int parent = graph.lineage().parent(slot);
            if (parent != HnswGraph.NONE) {
                assertThat(links.contains(parent, 0, slot))
                        .as("%s links to its child %s", parent, slot)
                        .isTrue();
            }
            long[] list = new long[links.room(0)];
            for (int level = 0; level <= links.level(slot); level++) {
                int count = links.read(slot, level, list);
                for (int i = 0; i < count; i++) {
                    int target = Candidates.slot(list[i]);
                    assertThat(links.level(target)).isGreaterThanOrEqualTo(level);
                    assertThat(links.incoming(target, level)).contains(slot);
                }
                for (int source : links.incoming(slot, level)) {
                    assertThat(links.contains(source, level, slot)).isTrue();
                }
            }
        }
    }
}
