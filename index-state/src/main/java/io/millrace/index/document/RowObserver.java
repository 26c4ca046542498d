package io.millrace.index.document;

import org.jspecify.annotations.Nullable;

/** Is told of rows that leave their place while a scan is between two slices. */
public interface RowObserver {
    /** The row goes to another bucket; {@code row} is what it was. */
    void moved(CollectionBinding collection, byte[] key, byte[] row);

    /** The row goes; {@code row} is what it was, or null if it was not there. */
    void deleted(CollectionBinding collection, byte[] key, byte @Nullable [] row);
}
