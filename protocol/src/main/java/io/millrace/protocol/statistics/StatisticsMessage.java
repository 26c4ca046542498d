package io.millrace.protocol.statistics;

import java.util.List;
import java.util.Map;

/** What is known of data or work; a newer message of the same key replaces an older one. */
public sealed interface StatisticsMessage {
    /** Returns what it is about. */
    String key();

    /**
     * The rows of a collection of one shard, and the edges of those rows.
     *
     * @param bytes of keys, fields and vectors as rows are written, before anything compresses them
     * @param atMs when the last row was looked at, epoch ms by the clock of the shard; 0 where that is not known
     */
    record OfCollection(
            int shard,
            long collectionId,
            long rows,
            List<FieldStatistics> fields,
            List<DegreeStatistics> degrees,
            long bytes,
            long atMs)
            implements StatisticsMessage {
        public OfCollection {
            fields = List.copyOf(fields);
            degrees = List.copyOf(degrees);
        }

        /** Returns the same without what tells values and vertices apart: a few hundred bytes a field. */
        public OfCollection totals() {
            return new OfCollection(
                    shard,
                    collectionId,
                    rows,
                    fields.stream().map(FieldStatistics::totals).toList(),
                    degrees.stream().map(DegreeStatistics::totals).toList(),
                    bytes,
                    atMs);
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
