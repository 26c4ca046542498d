package io.millrace.index.vector;

/** A condition over the values of the fields that an index keeps beside its vectors. */
@FunctionalInterface
public interface RowTest {
    /** @param entries as rows have them, of the kept fields alone */
    boolean passes(byte[] entries);
}
