package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels against plain sums, of every length that a padded vector can have. */
class GraphKernelTest {
    private static final long SEED = 9;

    private final GraphKernel scalar = new ScalarGraphKernel();
    private final GraphKernel chosen = GraphKernels.KERNEL;
    private final Random random = new Random(SEED);

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 96, 128, 160, 384, 800})
    void floatsAreSummedAlike(int length) {
        float[] query = floats(length + 5);
        float[] block = floats(5 * length + 7);
        GraphKernel.Quad quad = new GraphKernel.Quad();
        quad.b0 = block;
        quad.b1 = block;
        quad.b2 = block;
        quad.b3 = block;
        quad.o0 = 7;
        quad.o1 = 7 + length;
        quad.o2 = 7 + 4 * length;
        quad.o3 = 7 + 2 * length;
        quad.o3 = length == 96 ? quad.o2 : quad.o3; // A vector may stand twice in the four.
        int[] offsets = {quad.o0, quad.o1, quad.o2, quad.o3};
        float[] squares = new float[6];
        float[] products = new float[6];
        for (GraphKernel kernel : new GraphKernel[] {scalar, chosen}) {
            kernel.squaredL2(query, 5, quad, length, squares, 1);
            kernel.dot(query, 5, quad, length, products, 2);
            for (int i = 0; i < 4; i++) {
                double square = 0;
                double product = 0;
                for (int j = 0; j < length; j++) {
                    double difference = query[5 + j] - block[offsets[i] + j];
                    square += difference * difference;
                    product += (double) query[5 + j] * block[offsets[i] + j];
                }
                assertThat((double) squares[1 + i]).isCloseTo(square, within(square * 1e-5));
                assertThat((double) products[2 + i]).isCloseTo(product, within(1e-3));
                assertThat(kernel.squaredL2(query, 5, block, offsets[i], length))
                        .isEqualTo(squares[1 + i]);
                assertThat(kernel.dot(query, 5, block, offsets[i], length)).isEqualTo(products[2 + i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 96, 128, 160, 384, 800, 4096})
    void codesAreSummedExactlyAlsoWhereEveryDifferenceIsTheLargest(int length) {
        int count = 5;
        int[] slots = {9, 0, 4, 3, 3, 1};
        Blocks layout = new Blocks(length, Byte.BYTES);
        short[] query = new short[length];
        byte[][] blocks = {new byte[layout.length(0, count)]};
        for (int round = 0; round < 3; round++) {
            float[] expected = new float[count];
            for (int i = 0; i < length; i++) {
                query[i] = (short) (round == 0 ? 0 : random.nextInt(128));
            }
            for (int slot = 0; slot < count; slot++) {
                long sum = 0;
                for (int i = 0; i < length; i++) {
                    byte code = (byte) (round == 0 ? 127 : random.nextInt(128));
                    blocks[0][layout.offset(slot) + i] = code;
                    sum += (long) (query[i] - code) * (query[i] - code);
                }
                expected[slot] = sum;
            }
            for (GraphKernel kernel : new GraphKernel[] {scalar, chosen}) {
                float[] out = new float[6];
                kernel.squaredL2(query, blocks, layout, slots, 1, 5, length, out);
                assertThat(out).containsExactly(expected[0], expected[4], expected[3], expected[3], expected[1], 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 96, 128, 800})
    void codesAreCopiedAndNothingBehindThem(int length) {
        byte[] codes = new byte[length + 9];
        random.nextBytes(codes);
        for (GraphKernel kernel : new GraphKernel[] {scalar, chosen}) {
            short[] copied = new short[length + 1];
            kernel.widen(codes, 7, length, copied);
            for (int i = 0; i < length; i++) {
                assertThat(copied[i]).isEqualTo(codes[7 + i]);
            }
            assertThat(copied[length]).isZero();
        }
    }

    /** The same to the bit, for a frame turns the vectors of a build and those of a restart, on whatever machine. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7, 8, 16, 40, 256})
    void halvesAreAddedAndSubtractedAlike(int half) {
        float[] before = floats(3 + 2 * half + 5);
        for (GraphKernel kernel : new GraphKernel[] {scalar, chosen}) {
            float[] after = before.clone();
            kernel.addAndSubtract(after, 3, half);
            float[] expected = before.clone();
            for (int i = 3; i < 3 + half; i++) {
                expected[i] = before[i] + before[i + half];
                expected[i + half] = before[i] - before[i + half];
            }
            assertThat(after).containsExactly(expected);
        }
    }

    private float[] floats(int length) {
        float[] floats = new float[length];
        for (int i = 0; i < length; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }
}
