package io.millrace.index.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sums with vector instructions: sixteen lanes in one, two or four registers, whichever the machine has. Operations
 * are not called on a sum, as in {@link SimdGraphKernel}. Loaded only where the module is present.
 */
final class SimdKernel implements Distance.Kernel {
    private static final int LANES = ScalarKernel.LANES;
    private static final VectorSpecies<Float> SPECIES = species();
    private static final int WIDTH = SPECIES.length();

    private static VectorSpecies<Float> species() {
        int preferred = FloatVector.SPECIES_PREFERRED.length();
        return preferred >= LANES
                ? FloatVector.SPECIES_512
                : preferred >= LANES / 2 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
    }

    @Override
    public double dot(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        int whole = dimension & -LANES;
        float[] lanes = ScalarKernel.lanes();
        if (WIDTH == LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = 0; i < whole; i += LANES) {
                sum = addProduct(sum, a, aOffset + i, b, bOffset + i);
            }
            sum.intoArray(lanes, 0);
        } else if (WIDTH == LANES / 2) {
            FloatVector low = FloatVector.zero(SPECIES);
            FloatVector high = FloatVector.zero(SPECIES);
            for (int i = 0; i < whole; i += LANES) {
                low = addProduct(low, a, aOffset + i, b, bOffset + i);
                high = addProduct(high, a, aOffset + i + 8, b, bOffset + i + 8);
            }
            low.intoArray(lanes, 0);
            high.intoArray(lanes, 8);
        } else {
            for (int part = 0; part < LANES; part += WIDTH) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int i = part; i < whole; i += LANES) {
                    sum = addProduct(sum, a, aOffset + i, b, bOffset + i);
                }
                sum.intoArray(lanes, part);
            }
        }
        return ScalarKernel.addDotTail(lanes, a, aOffset, b, bOffset, whole, dimension);
    }

    @Override
    public double squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        int whole = dimension & -LANES;
        float[] lanes = ScalarKernel.lanes();
        if (WIDTH == LANES) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = 0; i < whole; i += LANES) {
                sum = addSquare(sum, a, aOffset + i, b, bOffset + i);
            }
            sum.intoArray(lanes, 0);
        } else if (WIDTH == LANES / 2) {
            FloatVector low = FloatVector.zero(SPECIES);
            FloatVector high = FloatVector.zero(SPECIES);
            for (int i = 0; i < whole; i += LANES) {
                low = addSquare(low, a, aOffset + i, b, bOffset + i);
                high = addSquare(high, a, aOffset + i + 8, b, bOffset + i + 8);
            }
            low.intoArray(lanes, 0);
            high.intoArray(lanes, 8);
        } else {
            for (int part = 0; part < LANES; part += WIDTH) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int i = part; i < whole; i += LANES) {
                    sum = addSquare(sum, a, aOffset + i, b, bOffset + i);
                }
                sum.intoArray(lanes, part);
            }
        }
        return ScalarKernel.addL2Tail(lanes, a, aOffset, b, bOffset, whole, dimension);
    }

    private static FloatVector addProduct(FloatVector sum, float[] a, int aIndex, float[] b, int bIndex) {
        return FloatVector.fromArray(SPECIES, a, aIndex)
                .mul(FloatVector.fromArray(SPECIES, b, bIndex))
                .add(sum);
    }

    private static FloatVector addSquare(FloatVector sum, float[] a, int aIndex, float[] b, int bIndex) {
        FloatVector difference =
                FloatVector.fromArray(SPECIES, a, aIndex).sub(FloatVector.fromArray(SPECIES, b, bIndex));
        return difference.mul(difference).add(sum);
    }

    @Override
    public String description() {
        return "SIMD, " + WIDTH + " lanes";
    }
}
