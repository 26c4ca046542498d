package io.millrace.protocol.fragment;

/** Places in the rows that shards give for {@link FragmentOperation.ReadIndexStatus}: a STRING state, else INT. */
public final class IndexStatusColumns {
    public static final int SHARD = 0;
    public static final int INDEX_ID = 1;
    public static final int STATE = 2;
    public static final int ROWS_INDEXED = 3;
    public static final int BYTES = 4;
    public static final int BUILD_TIME_MS = 5;
    public static final int INDEX_VERSION = 6;
    public static final int PENDING_ROWS = 7;
    public static final int STALE_ROWS = 8;
    public static final int ROWS_INVALID = 9;
    public static final int ROWS_DIM_MISMATCH = 10;
    public static final int TOMBSTONES = 11;
    public static final int COUNT = 12;

    private IndexStatusColumns() {}
}
