package io.millrace.protocol.value;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of every type from a seed, with the extremes of each more often than chance gives them. */
public final class RandomValues {
    private static final long[] LONGS = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1};
    private static final double[] DOUBLES = {
        0.0, -0.0, 1.0, -1.5, Double.MIN_VALUE, Double.MAX_VALUE, 0x1p53, 0x1p63, -0x1p63, 9.007199254740993E15
    };

    private final Random random;

    public RandomValues(long seed) {
        random = new Random(seed);
    }

    public @Nullable Object next() {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> nextLong();
            case 3 -> nextDouble();
            case 4 -> nextText();
            case 5 -> nextVector();
            case 6 -> new JsonText("{\"a\":[" + random.nextInt() + ",null]}");
            case 7 -> new JsonText("\"\u00fc\uffff\"");
            default -> nextNumbers();
        };
    }

    public long nextLong() {
        return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong();
    }

    public double nextDouble() {
        return switch (random.nextInt(3)) {
            case 0 -> DOUBLES[random.nextInt(DOUBLES.length)];
            case 1 -> (double) nextLong();
            default -> random.nextGaussian() * 1e6;
        };
    }

    /** Returns Unicode of every plane, without halves of surrogate pairs. */
    public String nextText() {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(12); left > 0; left--) {
            int codePoint = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(0x80);
                case 1 -> random.nextInt(0xd800);
                case 2 -> 0xe000 + random.nextInt(0x2000);
                default -> 0x10000 + random.nextInt(0x100000);
            };
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    private float[] nextVector() {
        float[] vector = new float[random.nextInt(5)];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = Float.intBitsToFloat(random.nextInt() & 0x7f7fffff);
        }
        return vector;
    }

    private double[] nextNumbers() {
        double[] numbers = new double[random.nextInt(200)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = nextDouble();
        }
        return numbers;
    }
}
