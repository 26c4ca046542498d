package io.millrace.index.document;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The bytes of a vector in state, version 1: the version, then the components, big endian. */
public final class VectorFormat {
    private static final int VERSION = 1;
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.BIG_ENDIAN);

    private VectorFormat() {}

    public static byte[] encode(float[] vector) {
        byte[] bytes = new byte[1 + vector.length * Float.BYTES];
        bytes[0] = VERSION;
        for (int i = 0; i < vector.length; i++) {
            FLOAT.set(bytes, 1 + i * Float.BYTES, vector[i]);
        }
        return bytes;
    }

    public static float[] decode(byte[] bytes) {
        float[] vector = new float[dimension(bytes)];
        decode(bytes, vector);
        return vector;
    }

    /** Reads into {@code target}, which must have the vector's dimension. */
    public static void decode(byte[] bytes, float[] target) {
        if (bytes[0] != VERSION || target.length != dimension(bytes)) {
            throw new IllegalStateException("a vector in state has version " + bytes[0] + " and " + dimension(bytes)
                    + " dimensions, not " + VERSION + " and " + target.length);
        }
        for (int i = 0; i < target.length; i++) {
            target[i] = (float) FLOAT.get(bytes, 1 + i * Float.BYTES);
        }
    }

    private static int dimension(byte[] bytes) {
        return (bytes.length - 1) / Float.BYTES;
    }
}
