package io.millrace.benchmarks.engine;

import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.Namespaces;
import io.millrace.index.vector.HnswIndex;
import io.millrace.index.vector.KeyOrder;
import io.millrace.index.vector.TopK;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.List;

/** Our graph called directly, without shards, fragments and rows. It is not written to state until it is sealed. */
final class BareEngine implements Engine {
    private final VectorIndexDefinition definition;
    private final Metric metric;
    private final HeapShardStorage storage = new HeapShardStorage();
    private final List<String> keys = new ArrayList<>();
    private HnswIndex index;
    private List<TopK.Scored> best = List.of();

    BareEngine(EngineSpec spec) {
        metric = spec.metric();
        definition = spec.definition("vectors", "v", FreshnessMode.IMMEDIATE);
        index = open();
    }

    private HnswIndex open() {
        return HnswIndex.open(definition, storage, Namespaces.indexVersion(0, 1), true);
    }

    @Override
    public Runnable put(int id, float[] vector) {
        String key = Integer.toString(id);
        return () -> index.put(key, vector);
    }

    @Override
    public void seal() {
        // Nothing: a search sees what was put.
    }

    @Override
    public Runnable search(float[] query, SearchSetting setting) {
        return setting.window() == setting.k() ? () -> plain(query, setting) : () -> rescored(query, setting);
    }

    private void plain(float[] query, SearchSetting setting) {
        keys.clear();
        best = List.of();
        index.nearest(query, setting.k(), setting.ef(), (key, score) -> keys.add(key));
    }

    private void rescored(float[] query, SearchSetting setting) {
        keys.clear();
        TopK top = new TopK(setting.k(), metric.ascending(), KeyOrder.of(true));
        index.nearest(query, setting.window(), setting.ef(), (key, score) -> {
            if (top.mightKeep(score)) {
                top.offer(key, score, 0);
            }
        });
        best = top.bestFirst();
    }

    @Override
    public int found(int[] ids) {
        best.forEach(hit -> keys.add(hit.key()));
        best = List.of();
        for (int i = 0; i < keys.size(); i++) {
            ids[i] = Integer.parseInt(keys.get(i));
        }
        return keys.size();
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
