package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;

/**
 * Turns vectors into codes of seven bits a component: less the mean of a sample, rotated, in one range for all
 * components. Under cosine a vector is first made of unit length. Used by one thread.
 */
final class ScalarQuantizer {
    private static final float CODE_MAX = 127;

    /** Share of the sample's components that lie within the range; what lies beyond is cut. */
    private static final double WITHIN = 0.9998;

    private final Metric metric;
    private final float[] mean;
    private final float range;
    private final Rotation rotation;
    private final float[] rotated;
    private final float[] scratch;

    private ScalarQuantizer(Metric metric, float[] mean, float range, Rotation rotation) {
        this.metric = metric;
        this.mean = mean;
        this.range = range;
        this.rotation = rotation;
        rotated = new float[FloatArena.padded(mean.length)];
        scratch = new float[rotated.length];
    }

    private ScalarQuantizer(Metric metric, float[] mean, float range) {
        this(metric, mean, range, new Rotation(FloatArena.padded(mean.length)));
    }

    /** Reads a vector to learn from. */
    @FunctionalInterface
    interface Sample {
        void get(int i, float[] vector);
    }

    /** Learns mean and range of a sample of {@code count} vectors, at least one. */
    static ScalarQuantizer train(Metric metric, int dimension, int count, Sample sample) {
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
        ScalarQuantizer probe = new ScalarQuantizer(metric, mean, 1);
        int length = probe.rotated.length;
        float[] magnitudes = new float[Math.multiplyExact(length, count)];
        for (int i = 0; i < count; i++) {
            sample.get(i, vector);
            probe.rotate(vector);
            for (int j = 0; j < length; j++) {
                magnitudes[i * length + j] = Math.abs(probe.rotated[j]);
            }
        }
        Arrays.sort(magnitudes);
        float range = magnitudes[(int) Math.min(magnitudes.length - 1, magnitudes.length * WITHIN)];
        return new ScalarQuantizer(metric, mean, range > 0 ? range : 1);
    }

    /** Returns one that encodes alike, for another thread. */
    ScalarQuantizer copy() {
        return new ScalarQuantizer(metric, mean, range, rotation);
    }

    private static float scale(Metric metric, float[] vector) {
        if (metric != Metric.COSINE) {
            return 1;
        }
        double norm = Distance.norm(metric, vector, 0, vector.length);
        return norm == 0 ? 0 : (float) (1 / norm);
    }

    private void rotate(float[] vector) {
        float scale = scale(metric, vector);
        Arrays.fill(rotated, 0);
        for (int i = 0; i < mean.length; i++) {
            rotated[i] = vector[i] * scale - mean[i];
        }
        rotation.apply(rotated, scratch);
    }

    /** Returns how many codes a vector has. */
    int length() {
        return rotated.length;
    }

    /** Returns what a difference of one between codes is worth. */
    float unit() {
        return 2 * range / CODE_MAX;
    }

    void encode(float[] vector, byte[] codes, int offset) {
        rotate(vector);
        float scale = 1 / unit();
        for (int i = 0; i < rotated.length; i++) {
            codes[offset + i] = (byte) code(rotated[i], scale);
        }
    }

    void encode(float[] vector, short[] codes) {
        rotate(vector);
        float scale = 1 / unit();
        for (int i = 0; i < rotated.length; i++) {
            codes[i] = (short) code(rotated[i], scale);
        }
    }

    private static int code(float component, float scale) {
        return (int) Math.max(0, Math.min(CODE_MAX, component * scale + CODE_MAX / 2 + 0.5f));
    }

    byte[] toBytes() {
        ValueWriter out = new ValueWriter(mean.length * Float.BYTES + 16);
        out.writeByte(1);
        out.writeInt(Float.floatToRawIntBits(range));
        out.writeFloats(mean);
        return out.toBytes();
    }

    static ScalarQuantizer fromBytes(Metric metric, byte[] bytes) {
        ValueReader in = HnswFormat.open(bytes);
        float range = Float.intBitsToFloat(in.readInt());
        return new ScalarQuantizer(metric, in.readFloats(), range);
    }
}
