package io.millrace.protocol.statistics;

import java.util.List;
import java.util.Map;

/** What is known of data or work; a newer message of the same key replaces an older one. */
public sealed interface StatisticsMessage {
    /** Returns what it is about. */
    String key();

    /** The rows of a collection of one shard, and the edges of those rows. */
    record OfCollection(
            int shard, long collectionId, long rows, List<FieldStatistics> fields, List<DegreeStatistics> degrees)
            implements StatisticsMessage {
        public OfCollection {
            fields = List.copyOf(fields);
            degrees = List.copyOf(degrees);
        }

        @Override
        public String key() {
            return "collection/" + collectionId + "/" + shard;
        }
    }

    /**
     * What work has cost of late, newer work counting for more.
     *
     * @param shard the first of those that were measured together
     * @param nanos for one unit of each kind of work
     */
    record OfWork(int shard, Map<WorkKind, Double> nanos) implements StatisticsMessage {
        public OfWork {
            nanos = Map.copyOf(nanos);
        }

        @Override
        public String key() {
            return "work/" + shard;
        }
    }
}
