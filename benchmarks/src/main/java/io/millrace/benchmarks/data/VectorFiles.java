package io.millrace.benchmarks.data;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The file formats of vector benchmarks, little endian, by the end of the file's name, all also as {@code .gz}:
 * {@code fvecs}, {@code bvecs}, {@code ivecs} (each row an int32 dimension, then float32, uint8, int32) and {@code u8bin}
 * (uint32 rows, uint32 dimension, then uint8).
 */
public final class VectorFiles {
    private static final int BUFFER_BYTES = 1 << 16;

    private VectorFiles() {}

    /** Reads rows of numbers as floats: fvecs, bvecs or u8bin. */
    public static float[][] readFloats(Path file) throws IOException {
        String kind = kind(file);
        try (DataInputStream in = open(file)) {
            return switch (kind) {
                case "fvecs" ->
                    readRows(in, Float.BYTES).stream().map(VectorFiles::floats).toArray(float[][]::new);
                case "bvecs" ->
                    readRows(in, 1).stream().map(VectorFiles::unsignedBytes).toArray(float[][]::new);
                case "u8bin" -> readBlock(in);
                default -> throw new IOException(file + " is neither fvecs, bvecs nor u8bin");
            };
        }
    }

    /** Reads rows of ids: ivecs. */
    public static int[][] readIds(Path file) throws IOException {
        if (!kind(file).equals("ivecs")) {
            throw new IOException(file + " is not ivecs");
        }
        try (DataInputStream in = open(file)) {
            return readRows(in, Integer.BYTES).stream().map(VectorFiles::ints).toArray(int[][]::new);
        }
    }

    public static void writeFloats(Path file, float[][] rows) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
            for (float[] row : rows) {
                ByteBuffer bytes = buffer(Integer.BYTES + Float.BYTES * row.length);
                bytes.putInt(row.length).asFloatBuffer().put(row);
                out.write(bytes.array());
            }
        }
    }

    public static void writeIds(Path file, int[][] rows) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
            for (int[] row : rows) {
                ByteBuffer bytes = buffer(Integer.BYTES + Integer.BYTES * row.length);
                bytes.putInt(row.length).asIntBuffer().put(row);
                out.write(bytes.array());
            }
        }
    }

    private static String kind(Path file) {
        String name = String.valueOf(file.getFileName());
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        return plain.substring(plain.lastIndexOf('.') + 1);
    }

    private static DataInputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        boolean zipped = file.toString().endsWith(".gz");
        return new DataInputStream(
                zipped ? new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES) : in);
    }

    private static List<ByteBuffer> readRows(DataInputStream in, int componentBytes) throws IOException {
        List<ByteBuffer> rows = new ArrayList<>();
        while (true) {
            int dimension;
            try {
                dimension = Integer.reverseBytes(in.readInt());
            } catch (EOFException end) {
                return rows;
            }
            ByteBuffer row = buffer(Math.multiplyExact(dimension, componentBytes));
            in.readFully(row.array());
            rows.add(row);
        }
    }

    private static float[][] readBlock(DataInputStream in) throws IOException {
        int rows = Integer.reverseBytes(in.readInt());
        int dimension = Integer.reverseBytes(in.readInt());
        float[][] vectors = new float[rows][];
        for (int i = 0; i < rows; i++) {
            ByteBuffer row = buffer(dimension);
            in.readFully(row.array());
            vectors[i] = unsignedBytes(row);
        }
        return vectors;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static float[] floats(ByteBuffer row) {
        float[] vector = new float[row.capacity() / Float.BYTES];
        row.asFloatBuffer().get(vector);
        return vector;
    }

    private static int[] ints(ByteBuffer row) {
        int[] ids = new int[row.capacity() / Integer.BYTES];
        row.asIntBuffer().get(ids);
        return ids;
    }

    private static float[] unsignedBytes(ByteBuffer row) {
        float[] vector = new float[row.capacity()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = row.get(i) & 0xFF;
        }
        return vector;
    }
}
