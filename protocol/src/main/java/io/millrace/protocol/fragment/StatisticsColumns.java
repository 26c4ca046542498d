package io.millrace.protocol.fragment;

/** Places in the rows that shards give for {@link FragmentOperation.ReadStatistics}: INT but for the event type. */
public final class StatisticsColumns {
    public static final int COLLECTION_ID = 0;

    /** A STRING; null for rows of no event type, or of one that was dropped. */
    public static final int EVENT_TYPE = 1;

    public static final int ROWS = 2;

    /** Least and greatest event time, epoch ms. */
    public static final int OLDEST_MS = 3;

    public static final int NEWEST_MS = 4;
    public static final int COUNT = 5;

    private StatisticsColumns() {}
}
