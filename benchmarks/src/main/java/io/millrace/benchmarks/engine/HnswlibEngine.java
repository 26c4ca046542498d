package io.millrace.benchmarks.engine;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.DistanceFunctions;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** hnswlib-core as it comes, called directly, with the distance functions that come with it. */
final class HnswlibEngine implements Engine {
    private static final int CAPACITY_FIRST = 1_024;

    private HnswIndex<Integer, float[], Entry, Float> index;
    private List<SearchResult<Entry, Float>> found = List.of();
    private byte[] saved = new byte[0];

    /** A vector with its id. */
    private record Entry(Integer id, float[] vector) implements Item<Integer, float[]> {
        private static final long serialVersionUID = 1;

        @Override
        public int dimensions() {
            return vector.length;
        }
    }

    HnswlibEngine(EngineSpec spec) {
        DistanceFunction<float[], Float> distance = switch (spec.metric()) {
            case L2 -> DistanceFunctions.FLOAT_EUCLIDEAN_DISTANCE;
            case COSINE -> DistanceFunctions.FLOAT_COSINE_DISTANCE;
            case IP -> DistanceFunctions.FLOAT_INNER_PRODUCT;
        };
        index = HnswIndex.newBuilder(spec.dimension(), distance, CAPACITY_FIRST)
                .withM(spec.m())
                .withEfConstruction(spec.efConstruction())
                .build();
    }

    @Override
    public Runnable put(int id, float[] vector) {
        Entry entry = new Entry(id, vector.clone());
        return () -> {
            if (index.size() == index.getMaxItemCount()) {
                index.resize(2 * index.getMaxItemCount());
            }
            index.add(entry);
        };
    }

    @Override
    public void seal() {
        // Nothing: a search sees what was put.
    }

    @Override
    public Runnable search(float[] query, SearchSetting setting) {
        index.setEf(Math.max(setting.ef(), setting.k()));
        return () -> found = index.findNearest(query, setting.k());
    }

    @Override
    public int found(int[] ids) {
        for (int i = 0; i < found.size(); i++) {
            ids[i] = found.get(i).item().id();
        }
        return found.size();
    }

    @Override
    public boolean isKept() {
        return true;
    }

    @Override
    public void save() {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            index.save(out);
            saved = out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("hnswlib-core cannot be saved", e);
        }
    }

    @Override
    public void reopen() {
        try {
            index = HnswIndex.load(new ByteArrayInputStream(saved));
        } catch (IOException e) {
            throw new UncheckedIOException("hnswlib-core cannot be loaded", e);
        }
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
