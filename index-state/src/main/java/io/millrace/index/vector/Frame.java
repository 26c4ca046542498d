package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;

/**
 * Where vectors are looked at from before they are made small: less the mean of a sample, then rotated, so that all
 * components are alike. Under cosine a vector is first made of unit length. Used by one thread.
 */
final class Frame {
    private final Metric metric;
    private final float[] mean;
    private final Rotation rotation;
    private final float[] scratch;

    private Frame(Metric metric, float[] mean, Rotation rotation) {
        this.metric = metric;
        this.mean = mean;
        this.rotation = rotation;
        scratch = new float[FloatArena.padded(mean.length)];
    }

    Frame(Metric metric, float[] mean) {
        this(metric, mean, new Rotation(FloatArena.padded(mean.length)));
    }

    /** Reads a vector to learn from. */
    @FunctionalInterface
    interface Sample {
        void get(int i, float[] vector);
    }

    /** Learns the mean of {@code count} vectors, at least one. */
    static Frame learn(Metric metric, int dimension, int count, Sample sample) {
        float[] vector = new float[dimension];
        double[] sums = new double[dimension];
        for (int i = 0; i < count; i++) {
            sample.get(i, vector);
            float scale = scale(metric, vector);
            for (int j = 0; j < dimension; j++) {
                sums[j] += vector[j] * scale;
            }
        }
        float[] mean = new float[dimension];
        for (int j = 0; j < dimension; j++) {
            mean[j] = (float) (sums[j] / count);
        }
        return new Frame(metric, mean);
    }

    /** Returns one that does the same, for another thread. */
    Frame copy() {
        return new Frame(metric, mean, rotation);
    }

    private static float scale(Metric metric, float[] vector) {
        if (metric != Metric.COSINE) {
            return 1;
        }
        double norm = Distance.norm(metric, vector, 0, vector.length);
        return norm == 0 ? 0 : (float) (1 / norm);
    }

    int dimension() {
        return mean.length;
    }

    /** Returns how many components there are afterwards, a multiple of {@link GraphKernel#STRIDE}. */
    int length() {
        return scratch.length;
    }

    /** Writes the vector as it is seen from here to {@code turned}, of {@link #length}. */
    void turn(float[] vector, float[] turned) {
        float scale = scale(metric, vector);
        for (int i = 0; i < mean.length; i++) {
            turned[i] = vector[i] * scale - mean[i];
        }
        Arrays.fill(turned, mean.length, turned.length, 0);
        rotation.apply(turned, scratch);
    }

    void writeTo(ValueWriter out) {
        out.writeFloats(mean);
    }

    static Frame readFrom(Metric metric, ValueReader in) {
        return new Frame(metric, in.readFloats());
    }
}
