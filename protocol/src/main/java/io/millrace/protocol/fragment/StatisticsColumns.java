package io.millrace.protocol.fragment;

/**
 * Places in the rows that shards give for {@link FragmentOperation.ReadStatistics}: INT but for texts. Beside the rows of
 * event types each shard gives one for each collection that has {@link #MEASURED} alone, also where it has no rows.
 */
public final class StatisticsColumns {
    public static final int COLLECTION_ID = 0;

    /** A STRING; null for rows of no event type, or of one that was dropped. */
    public static final int EVENT_TYPE = 1;

    public static final int ROWS = 2;

    /** Least and greatest event time, epoch ms. */
    public static final int OLDEST_MS = 3;

    public static final int NEWEST_MS = 4;

    /**
     * A STRING: {@link io.millrace.protocol.statistics.StatisticsMessage.OfCollection#totals} of the shard's last look at
     * the rows, as the topic of statistics has it; null before the first.
     */
    public static final int MEASURED = 5;

    public static final int COUNT = 6;

    private StatisticsColumns() {}
}
