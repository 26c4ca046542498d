package io.millrace.benchmarks.stream;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.data.Truth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The vectors that are there now, by id, and how good answers over them are. */
final class Live {
    private final Dataset data;
    private final TreeMap<Integer, float[]> vectors = new TreeMap<>();

    Live(Dataset data) {
        this.data = data;
    }

    void put(int id, float[] vector) {
        vectors.put(id, vector);
    }

    void remove(int id) {
        vectors.remove(id);
    }

    int size() {
        return vectors.size();
    }

    /**
     * Returns the share of the {@code k} nearest that were found. An id that is not there is wrong.
     *
     * @param found ids by query
     * @param exact ids by query; computed if null
     */
    double recall(List<int[]> found, int k, int @Nullable [][] exact) {
        float[][] rows = vectors.values().toArray(float[][]::new);
        Map<Integer, Integer> places = new HashMap<>();
        vectors.keySet().forEach(id -> places.put(id, places.size()));
        Truth truth = exact == null
                ? Truth.compute(data.metric(), rows, data.queries(), k)
                : new Truth(data.metric(), rows, data.queries(), inPlaces(exact, places));
        long right = 0;
        for (int query = 0; query < found.size(); query++) {
            List<Integer> there = new ArrayList<>();
            for (int id : found.get(query)) {
                Integer place = places.get(id);
                if (place != null) {
                    there.add(place);
                }
            }
            int[] ids = there.stream().mapToInt(Integer::intValue).toArray();
            right += truth.right(query, ids, ids.length, k);
        }
        return right / (double) (k * found.size());
    }

    private static int[][] inPlaces(int[][] exact, Map<Integer, Integer> places) {
        int[][] mapped = new int[exact.length][];
        for (int query = 0; query < exact.length; query++) {
            mapped[query] = new int[exact[query].length];
            for (int i = 0; i < exact[query].length; i++) {
                Integer place = places.get(exact[query][i]);
                if (place == null) {
                    throw new IllegalArgumentException(
                            "the exact answers name " + exact[query][i] + ", which is not there");
                }
                mapped[query][i] = place;
            }
        }
        return mapped;
    }
}
