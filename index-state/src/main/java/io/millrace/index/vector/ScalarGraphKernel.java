package io.millrace.index.vector;

/** The sums in plain Java: several chains of additions at once, for one chain waits for itself. */
final class ScalarGraphKernel implements GraphKernel {
    @Override
    public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int i = 0; i < length; i += 8) {
            int p = aOffset + i;
            int q = bOffset + i;
            float d0 = a[p] - b[q];
            float d1 = a[p + 1] - b[q + 1];
            float d2 = a[p + 2] - b[q + 2];
            float d3 = a[p + 3] - b[q + 3];
            float d4 = a[p + 4] - b[q + 4];
            float d5 = a[p + 5] - b[q + 5];
            float d6 = a[p + 6] - b[q + 6];
            float d7 = a[p + 7] - b[q + 7];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
            s4 += d4 * d4;
            s5 += d5 * d5;
            s6 += d6 * d6;
            s7 += d7 * d7;
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    @Override
    public float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int i = 0; i < length; i += 8) {
            int p = aOffset + i;
            int q = bOffset + i;
            s0 += a[p] * b[q];
            s1 += a[p + 1] * b[q + 1];
            s2 += a[p + 2] * b[q + 2];
            s3 += a[p + 3] * b[q + 3];
            s4 += a[p + 4] * b[q + 4];
            s5 += a[p + 5] * b[q + 5];
            s6 += a[p + 6] * b[q + 6];
            s7 += a[p + 7] * b[q + 7];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    @Override
    public void squaredL2(float[] a, int aOffset, Quad quad, int length, float[] out, int at) {
        out[at] = squaredL2(a, aOffset, quad.b0, quad.o0, length);
        out[at + 1] = quad.o1 == quad.o0 && quad.b1 == quad.b0
                ? out[at + 0]
                : squaredL2(a, aOffset, quad.b1, quad.o1, length);
        out[at + 2] = quad.o2 == quad.o1 && quad.b2 == quad.b1
                ? out[at + 1]
                : squaredL2(a, aOffset, quad.b2, quad.o2, length);
        out[at + 3] = quad.o3 == quad.o2 && quad.b3 == quad.b2
                ? out[at + 2]
                : squaredL2(a, aOffset, quad.b3, quad.o3, length);
    }

    @Override
    public void dot(float[] a, int aOffset, Quad quad, int length, float[] out, int at) {
        out[at] = dot(a, aOffset, quad.b0, quad.o0, length);
        out[at + 1] =
                quad.o1 == quad.o0 && quad.b1 == quad.b0 ? out[at + 0] : dot(a, aOffset, quad.b1, quad.o1, length);
        out[at + 2] =
                quad.o2 == quad.o1 && quad.b2 == quad.b1 ? out[at + 1] : dot(a, aOffset, quad.b2, quad.o2, length);
        out[at + 3] =
                quad.o3 == quad.o2 && quad.b3 == quad.b2 ? out[at + 2] : dot(a, aOffset, quad.b3, quad.o3, length);
    }

    @Override
    public int squaredL2(
            short[] a, byte[][] blocks, Blocks layout, int[] slots, int at, int count, int length, float[] out) {
        for (int i = 0; i < count; i++) {
            int slot = slots[at + i];
            out[i] = squaredL2(a, blocks[layout.block(slot)], layout.offset(slot), length);
        }
        return 0;
    }

    private static int squaredL2(short[] a, byte[] b, int bOffset, int length) {
        int s0 = 0;
        int s1 = 0;
        int s2 = 0;
        int s3 = 0;
        for (int i = 0; i < length; i += 4) {
            int q = bOffset + i;
            int d0 = a[i] - b[q];
            int d1 = a[i + 1] - b[q + 1];
            int d2 = a[i + 2] - b[q + 2];
            int d3 = a[i + 3] - b[q + 3];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void widen(byte[] codes, int from, int length, short[] to) {
        for (int i = 0; i < length; i++) {
            to[i] = codes[from + i];
        }
    }

    @Override
    public void addAndSubtract(float[] vector, int at, int half) {
        for (int i = at; i < at + half; i++) {
            float a = vector[i];
            float b = vector[i + half];
            vector[i] = a + b;
            vector[i + half] = a - b;
        }
    }
}
