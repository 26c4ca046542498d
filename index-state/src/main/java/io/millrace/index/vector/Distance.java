package io.millrace.index.vector;

import io.millrace.protocol.catalog.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exact scores of pairs of vectors, equal to the bit whichever way they are computed.
 *
 * <p>One fixed order of summation: sixteen float lanes, component {@code i} into lane {@code i mod 16}, a product and
 * then a sum (no fused multiply-add); then the lanes from the first to the last into a double. Where floats overflow,
 * or are too small for a cosine, the sum is made again in doubles, from the first component to the last.
 */
public final class Distance {
    /** The JVM flag that makes the vector instructions available. */
    public static final String MODULE_FLAG = "--add-modules=jdk.incubator.vector";

    private static final Logger LOG = LoggerFactory.getLogger(Distance.class);
    private static final String MODULE = "jdk.incubator.vector";

    /** Below, a norm's squares may have lost bits as floats. */
    private static final double NORM_MIN = 1e-15;

    private static final Kernel KERNEL = chooseKernel();

    /** The two sums over a pair of vectors, before the root and the quotient. */
    interface Kernel {
        double dot(float[] a, int aOffset, float[] b, int bOffset, int dimension);

        double squaredL2(float[] a, int aOffset, float[] b, int bOffset, int dimension);

        String description();
    }

    private Distance() {}

    private static Kernel chooseKernel() {
        if (hasVectorModule()) {
            return new SimdKernel();
        }
        LOG.warn("vectors are scored without SIMD, several times slower: start the JVM with {}", MODULE_FLAG);
        return new ScalarKernel();
    }

    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /** Returns which implementation runs, such as {@code SIMD, 16 lanes}. */
    public static String description() {
        return KERNEL.description();
    }

    /** Returns the value of the metric for two vectors of one dimension. */
    public static double score(Metric metric, float[] a, float[] b) {
        return score(metric, a, norm(metric, a, 0, a.length), b, 0, norm(metric, b, 0, b.length));
    }

    /**
     * Returns the value of the metric for {@code a} and the vector that stands at {@code bOffset} in {@code b}.
     *
     * @param aNorm what {@link #norm} returned for {@code a}, so that a query's is computed once
     */
    public static double score(Metric metric, float[] a, double aNorm, float[] b, int bOffset, double bNorm) {
        return switch (metric) {
            case L2 -> Math.sqrt(squaredL2(a, b, bOffset));
            case IP -> dot(a, 0, b, bOffset, a.length);
            case COSINE -> cosine(a, aNorm, b, bOffset, bNorm);
        };
    }

    /** Returns the length of the vector if the metric needs it, else 0. */
    public static double norm(Metric metric, float[] vector, int offset, int dimension) {
        return metric == Metric.COSINE ? norm(vector, offset, dimension) : 0;
    }

    /** Returns the squared length if the metric is ip, which a squared distance says nothing of without it; else 0. */
    static double squaredNormOfIp(Metric metric, float[] vector) {
        return metric == Metric.IP ? dot(vector, 0, vector, 0, vector.length) : 0;
    }

    private static double norm(float[] vector, int offset, int dimension) {
        double norm = Math.sqrt(dot(vector, offset, vector, offset, dimension));
        return norm >= NORM_MIN ? norm : Math.sqrt(dotInDoubles(vector, offset, vector, offset, dimension));
    }

    private static double cosine(float[] a, double aNorm, float[] b, int bOffset, double bNorm) {
        if (aNorm == 0 || bNorm == 0) {
            return 0;
        }
        boolean tiny = aNorm < NORM_MIN || bNorm < NORM_MIN;
        double dot = tiny ? dotInDoubles(a, 0, b, bOffset, a.length) : dot(a, 0, b, bOffset, a.length);
        return Math.max(-1, Math.min(1, dot / aNorm / bNorm));
    }

    private static double dot(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        double sum = KERNEL.dot(a, aOffset, b, bOffset, dimension);
        return Double.isFinite(sum) ? sum : dotInDoubles(a, aOffset, b, bOffset, dimension);
    }

    private static double squaredL2(float[] a, float[] b, int bOffset) {
        double sum = KERNEL.squaredL2(a, 0, b, bOffset, a.length);
        if (Double.isFinite(sum)) {
            return sum;
        }
        sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[bOffset + i];
            sum += difference * difference;
        }
        return sum;
    }

    private static double dotInDoubles(float[] a, int aOffset, float[] b, int bOffset, int dimension) {
        double sum = 0;
        for (int i = 0; i < dimension; i++) {
            sum += (double) a[aOffset + i] * b[bOffset + i];
        }
        return sum;
    }
}
