package io.millrace.index.store;

/**
 * The namespaces of all states. Each begins with the id of what it belongs to (the control offset that created it, not
 * its name), so that a thing that was dropped and created again sees nothing old; the rest has a fixed width or its
 * length in front, so that none is the beginning of another: a scan of {@code p1} does not read {@code p10}.
 */
public final class Namespaces {
    private Namespaces() {}

    /** Returns the namespace of a collection, an index or an edge type as a whole. */
    public static byte[] of(long id) {
        return Bytes.ofLong(id);
    }

    /** Returns the namespace of one version of an index. */
    public static byte[] indexVersion(long indexId, long version) {
        byte[] namespace = new byte[2 * Long.BYTES];
        Bytes.putLong(namespace, 0, indexId);
        Bytes.putLong(namespace, 8, version);
        return namespace;
    }

    /** Returns the namespace of the rows of one event type (0 for none) in one time bucket. */
    public static byte[] bucket(long collectionId, long eventTypeId, long bucket) {
        byte[] namespace = new byte[3 * Long.BYTES];
        Bytes.putLong(namespace, 0, collectionId);
        Bytes.putLong(namespace, 8, eventTypeId);
        Bytes.putLong(namespace, 16, bucket);
        return namespace;
    }

    /** Returns the namespace of the vectors of one field. */
    public static byte[] vectors(long collectionId, int fieldOrdinal) {
        byte[] namespace = new byte[Long.BYTES + Integer.BYTES];
        Bytes.putLong(namespace, 0, collectionId);
        Bytes.putInt(namespace, 8, fieldOrdinal);
        return namespace;
    }

    /** Returns the namespace of the edges of one type that were last seen in one hour, counted from the epoch. */
    public static byte[] edgeHour(long edgeTypeId, long hour) {
        byte[] namespace = new byte[2 * Long.BYTES];
        Bytes.putLong(namespace, 0, edgeTypeId);
        Bytes.putLong(namespace, 8, hour);
        return namespace;
    }

    /** Returns the namespace of the vertices from which edges of one type leave, or to which they come. */
    public static byte[] edgeVertices(long edgeTypeId, boolean outgoing) {
        byte[] namespace = new byte[Long.BYTES + 1];
        Bytes.putLong(namespace, 0, edgeTypeId);
        namespace[8] = (byte) (outgoing ? 1 : 0);
        return namespace;
    }

    /** Returns the namespace of the edges of one type that leave the vertex, or come to it. */
    public static byte[] adjacency(long edgeTypeId, boolean outgoing, byte[] vertex) {
        byte[] namespace = new byte[Long.BYTES + 1 + Integer.BYTES + vertex.length];
        Bytes.putLong(namespace, 0, edgeTypeId);
        namespace[8] = (byte) (outgoing ? 1 : 0);
        Bytes.putInt(namespace, 9, vertex.length);
        System.arraycopy(vertex, 0, namespace, 13, vertex.length);
        return namespace;
    }
}
