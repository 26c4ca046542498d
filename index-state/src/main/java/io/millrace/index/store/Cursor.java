package io.millrace.index.store;

/** Steps over entries; stands before the first at the start. */
public interface Cursor {
    /** Steps to the next entry and returns whether there is one. */
    boolean next();

    /** Returns the key of the entry that the cursor stands on. */
    byte[] key();

    /** Returns the value of the entry that the cursor stands on. */
    byte[] value();
}
