package io.millrace.benchmarks.data;

import java.util.Random;

/**
 * Makes vectors that are as hard to search as real ones: a mixture of normal distributions around random centres in a
 * latent space of fewer dimensions, whose spread decays from one latent dimension to the next as {@code 1/sqrt(1 + i/10)},
 * put into the full space by a random linear map, with a little noise in every component. The same seed makes the same
 * vectors.
 *
 * <p>The numbers are chosen so that recall@10 at M 16 and ef 80 is about 0.97, as with SIFT descriptors, for
 * 100,000 vectors of 128 dimensions.
 */
public final class ClusteredVectors {
    /** Latent dimensions, or half of the dimensions where that is less. */
    static final int LATENT = 40;

    static final int CLUSTERS = 100;
    private static final double CENTRE_SPREAD = 0.75;
    private static final float NOISE = 0.3f;

    private final Random random;
    private final float[][] map;
    private final float[][] centres;

    public ClusteredVectors(int dimension, long seed) {
        random = new Random(seed);
        int latent = Math.max(1, Math.min(LATENT, dimension / 2));
        map = new float[latent][dimension];
        for (float[] direction : map) {
            for (int i = 0; i < dimension; i++) {
                direction[i] = (float) random.nextGaussian();
            }
        }
        centres = new float[CLUSTERS][latent];
        for (float[] centre : centres) {
            for (int i = 0; i < latent; i++) {
                centre[i] = (float) (random.nextGaussian() * CENTRE_SPREAD * spread(i));
            }
        }
    }

    private static double spread(int latent) {
        return 1 / Math.sqrt(1 + latent / 10.0);
    }

    /** Returns the next {@code count} vectors. */
    public float[][] next(int count) {
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = next();
        }
        return vectors;
    }

    private float[] next() {
        float[] centre = centres[random.nextInt(centres.length)];
        int dimension = map[0].length;
        float[] vector = new float[dimension];
        for (int i = 0; i < map.length; i++) {
            float at = (float) (centre[i] + random.nextGaussian() * spread(i));
            float[] direction = map[i];
            for (int j = 0; j < dimension; j++) {
                vector[j] += at * direction[j];
            }
        }
        for (int j = 0; j < dimension; j++) {
            vector[j] += (float) (NOISE * random.nextGaussian());
        }
        return vector;
    }
}
