package io.millrace.index.vector;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * What one distance costs with each kernel; started by hand, with and without {@link Distance#MODULE_FLAG}:
 *
 * <pre>java -Xmx2g -cp ... io.millrace.index.vector.GraphKernelProbe [dimension] [vectors]</pre>
 *
 * <p>Prints the best of the rounds in nanoseconds a distance. A SIMD row that is not several times faster than the scalar
 * one says that the compiler no longer keeps the vectors in registers.
 */
public final class GraphKernelProbe {
    private static final int ROUNDS = 60;
    private static final int CALLS = 4096;

    private GraphKernelProbe() {}

    public static void main(String[] arguments) {
        int dimension = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 128;
        int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100_000;
        int stride = FloatArena.padded(dimension);
        Random random = new Random(1);
        float[] block = new float[count * stride];
        for (int i = 0; i < block.length; i++) {
            block[i] = random.nextInt(128);
        }
        short[] codeQuery = new short[stride];
        int[] slots = random.ints(CALLS, 0, count).toArray();
        int[] offsets = Arrays.stream(slots).map(slot -> slot * stride).toArray();
        Blocks codeLayout = new Blocks(stride, Byte.BYTES);
        byte[][] codeBlocks = new byte[codeLayout.count(count)][];
        for (int i = 0; i < codeBlocks.length; i++) {
            codeBlocks[i] = new byte[codeLayout.length(i, codeLayout.capacity(count))];
        }
        float[] codeDistances = new float[16];
        GraphKernel[] kernels = Distance.hasVectorModule()
                ? new GraphKernel[] {new ScalarGraphKernel(), new SimdGraphKernel()}
                : new GraphKernel[] {new ScalarGraphKernel()};
        float[] out = new float[4];
        GraphKernel.Quad quad = new GraphKernel.Quad();
        for (GraphKernel kernel : kernels) {
            String name = kernel.getClass().getSimpleName();
            report(name + " l2", i -> (int) kernel.squaredL2(block, 0, block, offsets[i], stride), 1);
            report(name + " dot", i -> (int) kernel.dot(block, 0, block, offsets[i], stride), 1);
            report(
                    name + " l2 x 4",
                    i -> {
                        load(quad, block, offsets, i);
                        kernel.squaredL2(block, 0, quad, stride, out, 0);
                        return (int) out[3];
                    },
                    4);
            report(
                    name + " dot x 4",
                    i -> {
                        load(quad, block, offsets, i);
                        kernel.dot(block, 0, quad, stride, out, 0);
                        return (int) out[3];
                    },
                    4);
            report(
                    name + " codes x 16",
                    i -> kernel.squaredL2(codeQuery, codeBlocks, codeLayout, slots, i, 16, stride, codeDistances),
                    16);
        }
    }

    private static void load(GraphKernel.Quad quad, float[] block, int[] offsets, int i) {
        quad.b0 = block;
        quad.b1 = block;
        quad.b2 = block;
        quad.b3 = block;
        quad.o0 = offsets[i];
        quad.o1 = offsets[i + 1];
        quad.o2 = offsets[i + 2];
        quad.o3 = offsets[i + 3];
    }

    private static void report(String name, IntUnaryOperator call, int distances) {
        double best = Double.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i += distances) {
                sum += call.applyAsInt(i);
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) CALLS);
        }
        System.out.printf("%-32s %7.1f ns (%d)%n", name, best, sum);
    }
}
