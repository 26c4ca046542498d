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
    private static final int CODE_MAX = 127;

    /** Share of the sample's components that lie within the range; what lies beyond is cut. */
    private static final double WITHIN = 0.9998;

    private final Frame frame;
    private final float range;
    private final float[] turned;
    private float squaredBeyond;

    private ScalarQuantizer(Frame frame, float range) {
        this.frame = frame;
        this.range = range;
        turned = new float[frame.length()];
    }

    /** Learns the frame and the range of a sample of {@code count} vectors, at least one. */
    static ScalarQuantizer train(Metric metric, int dimension, int count, Frame.Sample sample) {
        Frame frame = Frame.learn(metric, dimension, count, sample);
        float[] vector = new float[dimension];
        float[] turned = new float[frame.length()];
        float[] magnitudes = new float[Math.multiplyExact(turned.length, count)];
        for (int i = 0; i < count; i++) {
            sample.get(i, vector);
            frame.turn(vector, turned);
            for (int j = 0; j < turned.length; j++) {
                magnitudes[i * turned.length + j] = Math.abs(turned[j]);
            }
        }
        Arrays.sort(magnitudes);
        float range = magnitudes[(int) Math.min(magnitudes.length - 1, magnitudes.length * WITHIN)];
        return new ScalarQuantizer(frame, range > 0 ? range : 1);
    }

    /** Returns one that encodes alike, for another thread. */
    ScalarQuantizer copy() {
        return new ScalarQuantizer(frame.copy(), range);
    }

    /** Returns where vectors are looked at from. */
    Frame frame() {
        return frame;
    }

    /** Returns how many codes a vector has. */
    int length() {
        return turned.length;
    }

    /** Returns what a difference of one between codes is worth. */
    float unit() {
        return 2 * range / CODE_MAX;
    }

    /** Writes the codes and returns what they were made from, until the next call. */
    float[] encode(float[] vector, byte[] codes, int offset) {
        frame.turn(vector, turned);
        float scale = 1 / unit();
        for (int i = 0; i < turned.length; i++) {
            codes[offset + i] = (byte) code(turned[i], scale);
        }
        return turned;
    }

    void encode(float[] vector, short[] codes) {
        frame.turn(vector, turned);
        float scale = 1 / unit();
        float beyond = 0;
        for (int i = 0; i < turned.length; i++) {
            codes[i] = (short) code(turned[i], scale);
            float excess = Math.abs(turned[i]) - range;
            beyond += excess <= 0 ? 0 : excess * excess;
        }
        squaredBeyond = beyond;
    }

    /** Returns the square of what was cut from the vector that was encoded last; no number if it was none. */
    float squaredBeyond() {
        return squaredBeyond;
    }

    /** Writes about what the codes were made from. */
    void decode(short[] codes, float[] components) {
        for (int i = 0; i < components.length; i++) {
            components[i] = (codes[i] - CODE_MAX / 2f) * unit();
        }
    }

    private static int code(float component, float scale) {
        // Cut as a whole number: Math.min and max of floats take several times as long.
        return Math.max(0, Math.min(CODE_MAX, (int) (component * scale + CODE_MAX / 2f + 0.5f)));
    }

    byte[] toBytes() {
        ValueWriter out = new ValueWriter(frame.dimension() * Float.BYTES + 16);
        out.writeByte(1);
        out.writeInt(Float.floatToRawIntBits(range));
        frame.writeTo(out);
        return out.toBytes();
    }

    static ScalarQuantizer fromBytes(Metric metric, byte[] bytes) {
        ValueReader in = HnswFormat.open(bytes);
        float range = Float.intBitsToFloat(in.readInt());
        return new ScalarQuantizer(Frame.readFrom(metric, in), range);
    }
}
