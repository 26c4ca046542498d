package io.millrace.local.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Data sets with exact answers that are not part of the project: tests over them skip where they are absent. */
public final class SharedData {
    private SharedData() {}

    /** Returns a file below shared/data, or skips the test. */
    public static Path file(String name) {
        Path file = Path.of(System.getProperty("millrace.shared", "../shared"), "data")
                .resolve(name);
        assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
        return file;
    }

    /** Reads u8bin: the count and dimension as little-endian ints, then the bytes row by row. */
    public static float[][] u8bin(Path file) {
        ByteBuffer in = read(file);
        float[][] rows = new float[in.getInt()][in.getInt()];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = in.get() & 0xff;
            }
        }
        return rows;
    }

    /** Reads fvecs: each row has its dimension in front. */
    public static float[][] fvecs(Path file) {
        ByteBuffer in = read(file);
        int dimension = in.getInt(0);
        float[][] rows = new float[in.remaining() / (4 + 4 * dimension)][dimension];
        for (float[] row : rows) {
            in.getInt();
            for (int i = 0; i < dimension; i++) {
                row[i] = in.getFloat();
            }
        }
        return rows;
    }

    /** Reads ivecs: as fvecs, of ints. */
    public static int[][] ivecs(Path file) {
        ByteBuffer in = read(file);
        int dimension = in.getInt(0);
        int[][] rows = new int[in.remaining() / (4 + 4 * dimension)][dimension];
        for (int[] row : rows) {
            in.getInt();
            for (int i = 0; i < dimension; i++) {
                row[i] = in.getInt();
            }
        }
        return rows;
    }

    private static ByteBuffer read(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
