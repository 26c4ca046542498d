package io.millrace.index.shard;

import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.statistics.StatisticsMessage;

/** Where shards send what they have to say. */
public interface ShardOutputs {
    void partial(Partial partial);

    void deadLetter(DeadLetter letter);

    /** A change of an edge that the shard of its far end must make: it goes to the events topic, at least once. */
    void event(EdgeChange change);

    /** What planners may know of the data and of what work costs. */
    default void statistics(StatisticsMessage message) {}
}
