package io.millrace.index.cluster;

import io.millrace.index.vector.Distance;
import io.millrace.protocol.catalog.Metric;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * A few clusters of a stream of vectors, in squared Euclidean distance: every vector goes to the nearest centroid, which
 * moves towards it by one part in as many as it has taken (MacQueen; Sculley's per-center learning rate with batches of
 * one). There are several times as many clusters here as are asked for in the end, so that those of all shards can be
 * merged to these few (Guha et al.).
 *
 * <p>The first distinct vectors are the first centroids. Streams are often sorted, so later ones get a chance, too: a
 * vector much farther off than vectors are on average begins a cluster of its own, in place of one without rows, or of one
 * of the two that it costs least to merge (Ward), if that costs less than to take the vector in, or next to nothing. Such
 * renewals become rarer as vectors go by, so that there are O(clusters · log vectors) of them.
 *
 * <p>A cluster has a label that never changes; after a merge both labels name the same. Deterministic: the order of the
 * calls decides everything. O(clusters · dimension) a vector, O(clusters² · dimension) a merge.
 *
 * @see <a href="https://doi.org/10.1145/1772690.1772862">Sculley, Web-scale k-means clustering, WWW 2010</a>
 * @see <a href="https://doi.org/10.1109/TKDE.2003.1198387">Guha et al., Clustering data streams, TKDE 2003</a>
 */
final class ClusterModel {
    /** Clusters here for each one that is asked for in the end. */
    static final int FINER = 4;

    /** How many times the average squared distance is far. */
    private static final double FAR = 4;

    private static final int NONE = -1;

    private final int dimension;
    private final int slotsMax;
    private final BitSet dirty = new BitSet();
    private float[] centroids = {};
    private long[] weights = {};
    private long[] sizes = {};
    private int[] labels = {};
    private int slots;
    private int[] slotOfLabel = {};
    private int labelCount;
    private long seen;
    private long renewedAt;
    private double cost;
    private double nearestSquared;

    /** One cluster, as state has it. */
    record Slot(int label, long weight, long size, float[] centroid) {}

    /**
     * What state has beside the clusters.
     *
     * @param seen vectors taken, and {@code renewedAt} when the last far one began a cluster
     * @param cost sum of squared distances to what was nearest then
     * @param slotOfLabel the place of the cluster that each label names
     */
    record Progress(long seen, long renewedAt, double cost, int[] slotOfLabel) {}

    /** @param clusters how many are asked for in the end */
    ClusterModel(int dimension, int clusters) {
        this.dimension = dimension;
        slotsMax = FINER * clusters;
    }

    /** Puts back what was read from state: first the clusters by place, then the progress. */
    void restore(Slot slot) {
        int place = append(slot.centroid(), slot.label());
        weights[place] = slot.weight();
        sizes[place] = slot.size();
    }

    void restore(Progress progress) {
        slotOfLabel = progress.slotOfLabel();
        labelCount = slotOfLabel.length;
        seen = progress.seen();
        renewedAt = progress.renewedAt();
        cost = progress.cost();
        dirty.clear();
    }

    Progress progress() {
        return new Progress(seen, renewedAt, cost, Arrays.copyOf(slotOfLabel, labelCount));
    }

    /** Returns how many clusters there are, some perhaps without rows. */
    int slots() {
        return slots;
    }

    Slot slot(int slot) {
        return new Slot(labels[slot], weights[slot], sizes[slot], centroid(slot));
    }

    private float[] centroid(int slot) {
        return Arrays.copyOfRange(centroids, slot * dimension, (slot + 1) * dimension);
    }

    /** Takes the vector in, counts a row, and returns the label of its cluster. */
    int add(float[] vector) {
        int slot = place(vector);
        sizes[slot]++;
        seen++;
        dirty.set(slot);
        return labels[slot];
    }

    private int place(float[] vector) {
        int nearest = nearest(vector);
        if (slots < slotsMax && (nearest == NONE || nearestSquared > 0)) {
            return append(vector, newLabel(slots));
        }
        if (sizes[nearest] == 0) {
            begin(nearest, vector);
            return nearest;
        }
        boolean far = nearestSquared > FAR * cost / seen;
        int free = far && seen - renewedAt >= seen / (FINER * slotsMax) ? free(nearest) : NONE;
        if (free != NONE) {
            labels[free] = newLabel(free);
            begin(free, vector);
            return free;
        }
        cost += nearestSquared;
        learn(nearest, vector);
        return nearest;
    }

    /** Takes a row out of the count of the cluster that the label names. */
    void remove(int label) {
        int slot = slotOfLabel[label];
        sizes[slot]--;
        dirty.set(slot);
    }

    /** Returns the label that the cluster goes by which {@code label} names. */
    int resolve(int label) {
        return labels[slotOfLabel[label]];
    }

    private int nearest(float[] vector) {
        int nearest = NONE;
        double least = Double.POSITIVE_INFINITY;
        for (int slot = 0; slot < slots; slot++) {
            double distance = Distance.score(Metric.L2, vector, 0, centroids, slot * dimension, 0);
            if (distance < least) {
                least = distance;
                nearest = slot;
            }
        }
        nearestSquared = least * least;
        return nearest;
    }

    private int append(float[] centroid, int label) {
        int slot = slots++;
        if (slot == labels.length) {
            int room = Math.max(8, 2 * slot);
            centroids = Arrays.copyOf(centroids, room * dimension);
            weights = Arrays.copyOf(weights, room);
            sizes = Arrays.copyOf(sizes, room);
            labels = Arrays.copyOf(labels, room);
        }
        labels[slot] = label;
        begin(slot, centroid);
        return slot;
    }

    /** A cluster without rows has no past. */
    private void begin(int slot, float[] vector) {
        System.arraycopy(vector, 0, centroids, slot * dimension, dimension);
        weights[slot] = 1;
    }

    private int newLabel(int slot) {
        if (labelCount == slotOfLabel.length) {
            slotOfLabel = Arrays.copyOf(slotOfLabel, Math.max(8, 2 * labelCount));
        }
        slotOfLabel[labelCount] = slot;
        return labelCount++;
    }

    private void learn(int slot, float[] vector) {
        double rate = 1.0 / ++weights[slot];
        int offset = slot * dimension;
        for (int i = 0; i < dimension; i++) {
            double before = centroids[offset + i];
            centroids[offset + i] = (float) (before + (vector[i] - before) * rate);
        }
    }

    /** Returns a place for a vector that is far from the nearest cluster, or {@link #NONE}. */
    private int free(int nearest) {
        renewedAt = seen;
        for (int slot = 0; slot < slots; slot++) {
            if (sizes[slot] == 0) {
                return slot;
            }
        }
        double saved = nearestSquared * sizes[nearest] / (sizes[nearest] + 1);
        return merge(Math.max(saved, cost / slotsMax));
    }

    /** Merges the two clusters whose rows it costs least to have in one, and returns the place that is free now. */
    private int merge(double costMax) {
        int into = 0;
        int from = NONE;
        double least = costMax;
        for (int a = 0; a < slots; a++) {
            float[] centroid = centroid(a);
            for (int b = a + 1; b < slots; b++) {
                double distance = Distance.score(Metric.L2, centroid, 0, centroids, b * dimension, 0);
                double more = distance * distance * sizes[a] / (sizes[a] + sizes[b]) * sizes[b];
                if (more < least) {
                    least = more;
                    into = a;
                    from = b;
                }
            }
        }
        if (from != NONE) {
            cost += least;
            join(into, from);
        }
        return from;
    }

    private void join(int into, int from) {
        double share = (double) weights[from] / (weights[into] + weights[from]);
        for (int i = 0; i < dimension; i++) {
            double before = centroids[into * dimension + i];
            double other = centroids[from * dimension + i];
            centroids[into * dimension + i] = (float) (before + (other - before) * share);
        }
        weights[into] += weights[from];
        sizes[into] += sizes[from];
        sizes[from] = 0;
        for (int label = 0; label < labelCount; label++) {
            if (slotOfLabel[label] == from) {
                slotOfLabel[label] = into;
            }
        }
        dirty.set(into);
    }

    boolean isDirty() {
        return !dirty.isEmpty();
    }

    /** Gives the places of the clusters that changed since the last call. */
    void drainDirty(IntConsumer sink) {
        dirty.stream().forEach(sink);
        dirty.clear();
    }
}
