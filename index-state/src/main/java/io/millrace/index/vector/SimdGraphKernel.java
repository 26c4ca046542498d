package io.millrace.index.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sums with vector instructions. A method with too many vector operations is no longer compiled to registers, and is
 * twelve times slower (GraphKernelProbe watches that). A sum that goes round a loop is handed to operations, and none is
 * called on it: the compiler does not know its class, and in a quarter of all processes made objects of it. Loaded only
 * where the module is present.
 */
final class SimdGraphKernel implements GraphKernel {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> HALF_BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
    private static final int WIDTH = FLOATS.length();
    private static final int SHORT_WIDTH = SHORTS.length();
    private static final VectorShuffle<Float> HALVES_SWAPPED =
            VectorShuffle.fromOp(FLOATS, lane -> (lane + WIDTH / 2) % WIDTH);
    private static final FloatVector HALVES_SIGNED = signed();

    private static FloatVector signed() {
        float[] signs = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            signs[i] = i < WIDTH / 2 ? 1 : -1;
        }
        return FloatVector.fromArray(FLOATS, signs, 0);
    }

    @Override
    public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += WIDTH) {
            FloatVector difference =
                    FloatVector.fromArray(FLOATS, a, aOffset + i).sub(FloatVector.fromArray(FLOATS, b, bOffset + i));
            sum = difference.fma(difference, sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = 0; i < length; i += WIDTH) {
            sum = FloatVector.fromArray(FLOATS, a, aOffset + i).fma(FloatVector.fromArray(FLOATS, b, bOffset + i), sum);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void squaredL2(float[] a, int aOffset, Quad quad, int length, float[] out, int at) {
        float[] b0 = quad.b0;
        float[] b1 = quad.b1;
        float[] b2 = quad.b2;
        float[] b3 = quad.b3;
        int o0 = quad.o0;
        int o1 = quad.o1;
        int o2 = quad.o2;
        int o3 = quad.o3;
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < length; i += WIDTH) {
            FloatVector q = FloatVector.fromArray(FLOATS, a, aOffset + i);
            FloatVector d0 = q.sub(FloatVector.fromArray(FLOATS, b0, o0 + i));
            FloatVector d1 = q.sub(FloatVector.fromArray(FLOATS, b1, o1 + i));
            FloatVector d2 = q.sub(FloatVector.fromArray(FLOATS, b2, o2 + i));
            FloatVector d3 = q.sub(FloatVector.fromArray(FLOATS, b3, o3 + i));
            s0 = d0.fma(d0, s0);
            s1 = d1.fma(d1, s1);
            s2 = d2.fma(d2, s2);
            s3 = d3.fma(d3, s3);
        }
        out[at] = s0.reduceLanes(VectorOperators.ADD);
        out[at + 1] = s1.reduceLanes(VectorOperators.ADD);
        out[at + 2] = s2.reduceLanes(VectorOperators.ADD);
        out[at + 3] = s3.reduceLanes(VectorOperators.ADD);
    }

    @Override
    public void dot(float[] a, int aOffset, Quad quad, int length, float[] out, int at) {
        float[] b0 = quad.b0;
        float[] b1 = quad.b1;
        float[] b2 = quad.b2;
        float[] b3 = quad.b3;
        int o0 = quad.o0;
        int o1 = quad.o1;
        int o2 = quad.o2;
        int o3 = quad.o3;
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int i = 0; i < length; i += WIDTH) {
            FloatVector q = FloatVector.fromArray(FLOATS, a, aOffset + i);
            s0 = q.fma(FloatVector.fromArray(FLOATS, b0, o0 + i), s0);
            s1 = q.fma(FloatVector.fromArray(FLOATS, b1, o1 + i), s1);
            s2 = q.fma(FloatVector.fromArray(FLOATS, b2, o2 + i), s2);
            s3 = q.fma(FloatVector.fromArray(FLOATS, b3, o3 + i), s3);
        }
        out[at] = s0.reduceLanes(VectorOperators.ADD);
        out[at + 1] = s1.reduceLanes(VectorOperators.ADD);
        out[at + 2] = s2.reduceLanes(VectorOperators.ADD);
        out[at + 3] = s3.reduceLanes(VectorOperators.ADD);
    }

    /**
     * Asks for all lines of all codes before they are needed: loads from memory then take the time of a few. A square of
     * codes is at most 127 * 127: four of them fit the sixteen bits of a lane, without sign.
     *
     * <p>The method is longer than what the compiler inlines (325 bytes), and has to be: in the midst of a search there are
     * more reasons for it to be compiled without registers.
     */
    @Override
    public int squaredL2(
            short[] a, byte[][] blocks, Blocks layout, int[] slots, int at, int count, int length, float[] out) {
        int ahead = 0;
        for (int slot = at; slot < at + count; slot++) {
            byte[] block = blocks[layout.block(slots[slot])];
            int first = layout.offset(slots[slot]);
            int last = first + length - 1;
            ahead += block[first] + block[last];
            for (int line = first + CACHE_LINE; line <= last - CACHE_LINE; line += CACHE_LINE) {
                ahead += block[line];
            }
        }
        for (int slot = 0; slot < count; slot++) {
            byte[] b = blocks[layout.block(slots[at + slot])];
            int from = layout.offset(slots[at + slot]);
            IntVector sum = IntVector.zero(INTS);
            int i = 0;
            for (; i <= length - 4 * SHORT_WIDTH; i += 4 * SHORT_WIDTH) {
                int i1 = i + SHORT_WIDTH;
                int i2 = i1 + SHORT_WIDTH;
                int i3 = i2 + SHORT_WIDTH;
                ShortVector d0 = wide(b, from + i).sub(ShortVector.fromArray(SHORTS, a, i));
                ShortVector d1 = wide(b, from + i1).sub(ShortVector.fromArray(SHORTS, a, i1));
                ShortVector d2 = wide(b, from + i2).sub(ShortVector.fromArray(SHORTS, a, i2));
                ShortVector d3 = wide(b, from + i3).sub(ShortVector.fromArray(SHORTS, a, i3));
                sum = widened(d0.mul(d0).add(d1.mul(d1)).add(d2.mul(d2).add(d3.mul(d3))))
                        .add(sum);
            }
            for (; i < length; i += SHORT_WIDTH) {
                ShortVector d = wide(b, from + i).sub(ShortVector.fromArray(SHORTS, a, i));
                sum = widened(d.mul(d)).add(sum);
            }
            out[slot] = sum.reduceLanes(VectorOperators.ADD);
        }
        return ahead;
    }

    @Override
    public void widen(byte[] codes, int from, int length, short[] to) {
        for (int i = 0; i < length; i += SHORT_WIDTH) {
            wide(codes, from + i).intoArray(to, i);
        }
    }

    private static ShortVector wide(byte[] codes, int at) {
        return (ShortVector) ByteVector.fromArray(HALF_BYTES, codes, at).convertShape(VectorOperators.B2S, SHORTS, 0);
    }

    @Override
    public void addAndSubtract(float[] vector, int at, int half) {
        // Both halves are in one register: a loop would have none to fill.
        if (2 * half == WIDTH) {
            FloatVector both = FloatVector.fromArray(FLOATS, vector, at);
            both.rearrange(HALVES_SWAPPED).add(both.mul(HALVES_SIGNED)).intoArray(vector, at);
            return;
        }
        int i = at;
        for (; i <= at + half - WIDTH; i += WIDTH) {
            FloatVector a = FloatVector.fromArray(FLOATS, vector, i);
            FloatVector b = FloatVector.fromArray(FLOATS, vector, i + half);
            a.add(b).intoArray(vector, i);
            a.sub(b).intoArray(vector, i + half);
        }
        for (; i < at + half; i++) {
            float a = vector[i];
            float b = vector[i + half];
            vector[i] = a + b;
            vector[i + half] = a - b;
        }
    }

    private static IntVector widened(ShortVector squares) {
        IntVector pairs = squares.reinterpretAsInts();
        return pairs.and(0xFFFF).add(pairs.lanewise(VectorOperators.LSHR, 16));
    }
}
