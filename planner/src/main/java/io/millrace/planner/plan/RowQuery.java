package io.millrace.planner.plan;

/**
 * A search for what is near a row.
 *
 * @param row whose vector is looked for
 * @param dimension that the vector must have
 * @param excludeSelf whether the row is left out of the result
 */
public record RowQuery(Row row, int dimension, boolean excludeSelf) implements LaterQuery {
    /** Where the vector comes from. */
    public sealed interface Row {}

    /** The stored vector of the row with a canonical key. */
    public record OfKey(StoredVector stored, String key) implements Row {}

    /** The stored vector of the row whose key stands in a column of another step, which must have one row. */
    public record OfKeyColumn(StoredVector stored, int step, int column) implements Row {}

    /**
     * The vector in a column of another step, which must have one row.
     *
     * @param keyColumn where the key of that row stands; -1 for nowhere
     */
    public record OfVectorColumn(int step, int column, int keyColumn) implements Row {}

    /**
     * A VECTOR field in state.
     *
     * @param collection its name, for errors
     * @param intKey whether the keys of the collection are INT, else STRING
     */
    public record StoredVector(long collectionId, String collection, boolean intKey, String field) {}
}
