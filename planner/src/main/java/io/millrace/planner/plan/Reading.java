package io.millrace.planner.plan;

import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code compute.read} reads. */
public sealed interface Reading {
    /** The type as the plan names it. */
    String type();

    /** Returns the only keys that rows may have; null where the plan names no set. */
    @Nullable Members members();

    /** Returns whether keys are INT, else STRING. */
    boolean intKey();

    /**
     * Reads the rows of a collection whose rows are computed elsewhere and come as events.
     *
     * @param scan what is read where there are no members; with members only rows of their keys are
     */
    record Rows(String type, DocumentScan scan, @Nullable Members members, boolean intKey) implements Reading {}

    /**
     * Reads what shards compute, or have computed.
     *
     * @param columns all that the type has
     * @param keyColumn place in {@code columns} of the key that members name
     * @param filter over the names of {@code columns}
     * @param output for each result column its place in {@code columns}; {@code orderBy} likewise
     */
    record Computed(
            String type,
            Source source,
            List<Column> columns,
            int keyColumn,
            @Nullable Members members,
            boolean intKey,
            Predicate filter,
            List<Integer> output,
            List<OrderKey> orderBy,
            RowLimit limit)
            implements Reading {
        public Computed {
            columns = List.copyOf(columns);
            output = List.copyOf(output);
            orderBy = List.copyOf(orderBy);
        }
    }

    /** The keys that rows may have. */
    sealed interface Members {}

    /** Those in a column of another step. */
    record MembersOfColumn(int step, int column) implements Members {}

    /** Given canonical ones, each once. */
    record MembersGiven(List<String> keys) implements Members {
        public MembersGiven {
            keys = List.copyOf(keys);
        }
    }

    /** What a computed type is made of. */
    sealed interface Source {}

    /** How vector indexes stand. */
    record StatusSource(IndexStatus status) implements Source {}

    /** How many rows collections have. */
    record StatisticsSource(List<CountedCollection> collections) implements Source {
        public StatisticsSource {
            collections = List.copyOf(collections);
        }
    }

    /**
     * A collection whose rows are counted.
     *
     * @param edgeTypes those that have an end in the collection
     */
    record CountedCollection(long id, String name, List<CountedEdges> edgeTypes) {
        public CountedCollection {
            edgeTypes = List.copyOf(edgeTypes);
        }
    }

    /**
     * How many edges the members have, or where there are none, all vertices.
     *
     * @param outgoing whether edges that leave them are counted; {@code incoming}: those that come
     * @param top which of them count; null for all
     */
    record DegreeSource(
            String collection,
            List<CountedEdges> edgeTypes,
            boolean outgoing,
            boolean incoming,
            @Nullable TopVertices top)
            implements Source {
        public DegreeSource {
            edgeTypes = List.copyOf(edgeTypes);
        }
    }

    /**
     * The vertices that have the most edges of all that are counted.
     *
     * @param collectionId whose vertices they are
     */
    record TopVertices(long collectionId, int k) {}

    /**
     * An edge type whose edges are counted.
     *
     * @param leaves whether its edges can leave the members; {@code comes}: come to them
     */
    record CountedEdges(long id, String name, boolean leaves, boolean comes) {}

    /** Which cluster of the vectors of an index rows are in. */
    record ClusterSource(String collection, long indexId, String index) implements Source {}
}
