package io.millrace.protocol.statistics;

import java.util.Locale;

/** Work of a shard that is measured, each by a unit of its own. */
public enum WorkKind {
    /** A search with an index, by a distance that it computes. */
    SEARCH_DISTANCE,
    /** An exact score of a row that was named, or of every row. */
    SCORE,
    /** An expansion, by a vertex. */
    EXPAND_VERTEX,
    /** Reading a row by its key. */
    FETCH_ROW,
    /** A scan, by a row. */
    SCAN_ROW;

    /** Returns the name on the wire. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
