package io.millrace.planner.plan;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Reading.Members;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node of a plan, resolved: names of the catalog have become ids, names of columns have become places. */
public sealed interface Step {
    StepHead head();

    /** The store and operation as users write them, such as {@code document.scan}. */
    String operation();

    default String id() {
        return head().id();
    }

    default List<Integer> dependencies() {
        return head().dependencies();
    }

    default long timeoutMs() {
        return head().timeoutMs();
    }

    default List<Column> columns() {
        return head().columns();
    }

    /**
     * Reads the rows of a collection that are selected.
     *
     * @param keys the only canonical keys that can be selected, so that no other row need be read; null where all can
     * @param fetch what shards give behind the key
     * @param output for each result column its place in the shards' rows, where 0 is the key
     */
    record DocumentScan(
            StepHead head,
            String collection,
            DocumentSelection selection,
            @Nullable List<String> keys,
            List<String> fetch,
            List<Integer> output,
            List<SortKey> orderBy,
            RowLimit limit)
            implements Step {
        public DocumentScan {
            keys = keys == null ? null : List.copyOf(keys);
            fetch = List.copyOf(fetch);
            output = List.copyOf(output);
            orderBy = List.copyOf(orderBy);
        }

        @Override
        public String operation() {
            return "document.scan";
        }
    }

    /**
     * Finds the rows whose vectors score best.
     *
     * @param index name of the index that is used; null where there is none
     * @param reason why every row is scored; null where the index may preselect
     * @param search with an empty query where {@code later} stands for it
     * @param later becomes the query when the step starts; null where there is a query
     * @param output for each result column its place in the shards' rows: 0 is the key, 1 the score; behind the last
     *     column of the rows is {@link #rankPlace}
     */
    record VectorSearch(
            StepHead head,
            String collection,
            @Nullable String index,
            @Nullable String reason,
            SearchVectors search,
            @Nullable LaterQuery later,
            List<Integer> output)
            implements Step {
        public VectorSearch {
            output = List.copyOf(output);
        }

        @Override
        public String operation() {
            return "vector.search";
        }

        /** Returns the place of what no shard knows: where a row stands in the result, from 1 on. */
        public int rankPlace() {
            return 2 + search.columns().size();
        }

        /** Returns the same step with another question. */
        public VectorSearch with(SearchVectors newSearch) {
            return new VectorSearch(head, collection, index, reason, newSearch, later, output);
        }

        /** Returns the text that is searched for; null for none. */
        public @Nullable TextQuery text() {
            return later instanceof TextQuery text ? text : null;
        }
    }

    /** @param dimension that the vector of the text must have */
    record TextQuery(String text, int dimension) implements LaterQuery {}

    /**
     * Walks breadth first from start vertices. The result has the columns of the start, those of {@code startFields},
     * and then either a count, or vertex, depth, edge type and {@code vertexFields}.
     *
     * @param collections all that the walk can touch; the first is that of the start vertices
     * @param hops the edges to follow
     * @param startFields fields of the start vertex's row that later steps ask for
     * @param count whether there is one row a start with the number of vertices reached
     */
    record GraphTraverse(
            StepHead head,
            Start start,
            List<Vertices> collections,
            List<Hop> hops,
            Predicate edgeFilter,
            @Nullable TimeRange timeRange,
            int depth,
            boolean count,
            List<String> startFields,
            List<String> vertexFields,
            RowLimit limit)
            implements Step {
        public GraphTraverse {
            collections = List.copyOf(collections);
            hops = List.copyOf(hops);
            startFields = List.copyOf(startFields);
            vertexFields = List.copyOf(vertexFields);
        }

        @Override
        public String operation() {
            return "graph.traverse";
        }
    }

    /**
     * Reads how vector indexes stand: of each index one row a shard, and one of all shards together whose shard is null.
     *
     * @param index name of the only one; null for all
     * @param indexes what the catalog says of those that are read, in the order of the result
     */
    record IndexStatus(StepHead head, @Nullable String index, List<IndexFacts> indexes) implements Step {
        public IndexStatus {
            indexes = List.copyOf(indexes);
        }

        @Override
        public String operation() {
            return "compute.read";
        }
    }

    /** Reads rows of a computed type. */
    record ComputeRead(StepHead head, Reading reading) implements Step {
        @Override
        public String operation() {
            return "compute.read";
        }
    }

    /** Where a walk starts. */
    sealed interface Start {}

    /** At the distinct values of a column of another step, in the order they first come. */
    record StartAtColumn(int step, int column) implements Start {}

    /** At given canonical keys, each once. */
    record StartAtKeys(List<String> keys) implements Start {
        public StartAtKeys {
            keys = List.copyOf(keys);
        }
    }

    /**
     * A collection whose rows a walk can touch.
     *
     * @param intKey whether its keys are INT, else STRING
     * @param fields those of the asked vertex fields that this collection has
     */
    record Vertices(long collectionId, String collection, boolean intKey, List<String> fields) {
        public Vertices {
            fields = List.copyOf(fields);
        }
    }

    /**
     * One kind of edge to follow.
     *
     * @param target place of the collection it leads to
     */
    record Hop(EdgeLookup lookup, String edgeType, int target) {}

    /**
     * Keeps the rows of another step that satisfy a condition, perhaps joined with those of a third.
     *
     * @param condition over the row of the input followed by that of the join; null keeps every row
     * @param output places in that same row
     * @param orderBy places in that same row; equal rows stay in the order of the input
     */
    record ComputeFilter(
            StepHead head,
            int input,
            @Nullable Join join,
            @Nullable Condition condition,
            List<Integer> output,
            List<OrderKey> orderBy,
            RowLimit limit)
            implements Step {
        public ComputeFilter {
            output = List.copyOf(output);
            orderBy = List.copyOf(orderBy);
        }

        @Override
        public String operation() {
            return "compute.filter";
        }
    }

    /**
     * An equi-join.
     *
     * @param inputKeys places in the row of the input, as many as {@code joinedKeys} in that of the joined step
     */
    record Join(int step, JoinType type, List<Integer> inputKeys, List<Integer> joinedKeys) {
        public Join {
            inputKeys = List.copyOf(inputKeys);
            joinedKeys = List.copyOf(joinedKeys);
        }
    }

    /** The order is part of the binary form: append only. */
    enum JoinType {
        INNER,
        /** A row without a match is kept; its joined columns are null. */
        LEFT,
        /** Rows that have a match, once. */
        SEMI,
        /** Rows that have none. */
        ANTI
    }

    /**
     * Groups rows of another step and computes metrics; without an order the result is in that of the group values.
     *
     * @param groupBy places in the row of the input; empty for one group of all
     * @param timeColumn what first and last go by; -1 for the order of the input
     * @param idColumn what decides among equal times; -1 for the order of the input
     * @param orderBy places in the result; equal rows stay in the order of the group values
     */
    record ComputeAggregate(
            StepHead head,
            int input,
            List<Integer> groupBy,
            List<Aggregate> aggregates,
            int timeColumn,
            int idColumn,
            List<OrderKey> orderBy,
            RowLimit limit)
            implements Step {
        public ComputeAggregate {
            groupBy = List.copyOf(groupBy);
            aggregates = List.copyOf(aggregates);
            orderBy = List.copyOf(orderBy);
        }

        @Override
        public String operation() {
            return "compute.aggregate";
        }
    }

    /** @param column place in the row of the input; -1 where {@code COUNT} counts rows */
    record Aggregate(AggregateFunction function, int column) {}

    /**
     * Computes a metric over spans of time: a row each span from the first that has rows to the last.
     *
     * @param timeColumn place of the time in the row of the input; rows without a time are left out
     * @param idColumn what decides among equal times for first and last; -1 for the order of the input
     */
    record ComputeTimeline(
            StepHead head,
            int input,
            int timeColumn,
            int idColumn,
            TimeBucket bucket,
            Aggregate aggregate,
            RowLimit limit)
            implements Step {
        @Override
        public String operation() {
            return "compute.timeline";
        }
    }

    /**
     * Scans rows for nothing but the groups that later steps make of them: the shards group, and no row is moved.
     *
     * @param consumers the steps that the groups are for
     */
    record DocumentGroups(StepHead head, String collection, DocumentSelection selection, List<StepGrouping> consumers)
            implements Step {
        public DocumentGroups {
            consumers = List.copyOf(consumers);
        }

        @Override
        public String operation() {
            return "document.scan";
        }
    }

    /**
     * Joins ranked lists, each the rows of a step in their order, into one.
     *
     * @param lists two or more
     * @param carried for each result column behind key and score, its place in the rows of each list; -1 where a list has
     *     none. The first list that has the row gives the value
     */
    record ComputeFuse(StepHead head, List<FusedList> lists, Fusion fusion, List<List<Integer>> carried, RowLimit limit)
            implements Step {
        public ComputeFuse {
            lists = List.copyOf(lists);
            carried = carried.stream().map(List::copyOf).toList();
        }

        @Override
        public String operation() {
            return "compute.fuse";
        }
    }

    /**
     * A list to fuse.
     *
     * @param keyColumn what rows of several lists are the same by
     * @param scoreColumn -1 where only ranks count
     * @param distance whether a smaller score is a better one
     */
    record FusedList(int step, int keyColumn, int scoreColumn, boolean distance, double weight) {}

    /**
     * Finds the rows whose vectors score best, ties in an order of their own, perhaps among the rows of another step.
     *
     * @param thenBy orders rows of equal score, by places in the result, ahead of the key
     * @param members the only rows that can be found; null for all
     * @param capped whether nobody asked for a bound: where there are more rows, some are missing
     */
    record RankedSearch(
            VectorSearch search,
            List<OrderKey> thenBy,
            @Nullable Members members,
            boolean capped) implements Step {
        public RankedSearch {
            thenBy = List.copyOf(thenBy);
        }

        @Override
        public StepHead head() {
            return search.head();
        }

        @Override
        public String operation() {
            return search.operation();
        }
    }

    /**
     * Searches by several vectors and joins the lists.
     *
     * @param search with an empty query; its {@code k} is how many rows the result has at most
     * @param queries each makes a list of {@link Fusion#window} rows
     * @param match what the rows of every list must satisfy; null for nothing
     * @param capped whether nobody asked for a bound: where there are more rows, some are missing
     */
    record FusedSearch(
            VectorSearch search,
            List<float[]> queries,
            Fusion fusion,
            @Nullable PatternFilter match,
            boolean capped) implements Step {
        public FusedSearch {
            queries = List.copyOf(queries);
        }

        @Override
        public StepHead head() {
            return search.head();
        }

        @Override
        public String operation() {
            return search.operation();
        }
    }

    /**
     * Finds the rows nearest to a vector that a pattern binds, or that it does not bind.
     *
     * @param anchor place of the rows in {@code pattern}
     * @param fusion how the list by similarity is joined with that by the length of the path; null for similarity alone
     * @param wanted null for the cheapest
     * @param decision null until the planner has decided
     * @param capped whether nobody asked for a bound: where there are more rows, some are missing
     */
    record CrossStoreSearch(
            VectorSearch search,
            Pattern pattern,
            int anchor,
            boolean negated,
            @Nullable Fusion fusion,
            @Nullable Strategy wanted,
            @Nullable StrategyDecision decision,
            boolean capped)
            implements Step {
        /** Candidates of each list of a fusion that names no window, for each row asked for, and at least. */
        private static final int WINDOW_SHARE = 10;

        private static final int WINDOW_MIN = 100;

        /** Returns how many rows of each list take part: without a fusion the rows asked for. */
        public int window() {
            int k = search.search().k();
            if (fusion == null) {
                return k;
            }
            boolean named = fusion.window() != Integer.MAX_VALUE;
            return named ? Math.max(k, fusion.window()) : Math.max(WINDOW_MIN, WINDOW_SHARE * k);
        }

        @Override
        public StepHead head() {
            return search.head();
        }

        @Override
        public String operation() {
            return search.operation();
        }
    }

    /**
     * Finds the paths that a pattern describes, in the order of their vertices' keys from left to right.
     *
     * @param output for each result column what it shows
     */
    record GraphMatch(StepHead head, Pattern pattern, List<Binding> output, RowLimit limit) implements Step {
        public GraphMatch {
            output = List.copyOf(output);
        }

        @Override
        public String operation() {
            return "graph.match";
        }
    }

    /** Leaves the first rows of another step out. */
    record ComputeOffset(StepHead head, int input, int offset, RowLimit limit) implements Step {
        @Override
        public String operation() {
            return "compute.filter";
        }
    }
}
