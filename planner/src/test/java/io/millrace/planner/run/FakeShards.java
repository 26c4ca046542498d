package io.millrace.planner.run;

import io.millrace.planner.Samples;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.AggregateDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ExpandEdges;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.ValueOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shards over plain lists: what a fragment means, written for clarity. */
final class FakeShards {
    final Catalog catalog;
    private final int shards;
    private final Map<Long, Map<String, Map<String, Object>>> rows = new HashMap<>();
    private final List<Edge> edges = new ArrayList<>();

    /** The shard that has not looked at its rows yet; -1 for none. */
    int unmeasured = -1;

    record Edge(long type, String from, String to, @Nullable String id, Map<String, Object> fields) {}

    FakeShards(int shards) {
        this(shards, Samples.catalog());
    }

    FakeShards(int shards, Catalog catalog) {
        this.shards = shards;
        this.catalog = catalog;
    }

    /** Puts a row; {@code @timestamp} and {@code event_type} are given like fields. */
    void put(String collection, String key, Map<String, Object> fields) {
        long id = catalog.collection(collection).orElseThrow().id();
        rows.computeIfAbsent(id, each -> new HashMap<>()).put(key, new HashMap<>(fields));
    }

    void link(String edgeType, String from, String to) {
        link(edgeType, from, to, null, Map.of());
    }

    void link(String edgeType, String from, String to, @Nullable String id, Map<String, Object> fields) {
        edges.add(new Edge(catalog.edgeType(edgeType).orElseThrow().id(), from, to, id, fields));
    }

    /** Returns the answer of each shard. */
    List<Partial> answer(Fragment fragment) {
        List<Partial> partials = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            List<Object[]> result = run(fragment.operation(), shard);
            FragmentStats stats = new FragmentStats(result.size(), result.size(), 0, 1_000, null, null);
            boolean truncated = fragment.operation() instanceof ScanDocuments scan
                    && selected(scan.selection(), shard).size() > scan.limit();
            partials.add(partial(fragment, List.of(shard), new PartialResult.Rows(result, truncated, stats)));
        }
        return partials;
    }

    static Partial partial(Fragment fragment, List<Integer> shards, PartialResult result) {
        List<ShardCertificate> certificates = shards.stream()
                .map(shard -> new ShardCertificate(
                        shard,
                        List.of(new SourceProgress("events-0", 100 + shard, 100 + shard, Samples.NOW_MS - 500)),
                        0,
                        null,
                        1,
                        2))
                .toList();
        return new Partial(
                fragment.requestId(),
                fragment.attempt(),
                fragment.step(),
                fragment.round(),
                shards,
                certificates,
                result);
    }

    private List<Object[]> run(FragmentOperation operation, int shard) {
        if (operation instanceof ScanDocuments scan) {
            Comparator<Map<String, Object>> order = (a, b) -> 0;
            for (SortKey key : scan.orderBy()) {
                order = order.thenComparing((a, b) -> compare(a.get(key.column()), b.get(key.column()), key));
            }
            return selected(scan.selection(), shard).stream()
                    .sorted(order.thenComparing(row -> row.get("id"), ValueOrder.ASCENDING))
                    .limit(scan.limit())
                    .map(row -> values(List.of(row.get("id")), row, scan.columns()))
                    .toList();
        }
        if (operation instanceof FetchDocuments fetch) {
            return fetch(fetch, shard);
        }
        if (operation instanceof AggregateDocuments aggregate) {
            return FakeGroups.of(aggregate, selected(aggregate.selection(), shard));
        }
        if (operation instanceof SearchVectors search) {
            return search(search, shard);
        }
        boolean ofEdges = operation instanceof ExpandEdges
                || operation instanceof ExpandVertices
                || operation instanceof ScanVertices;
        return ofEdges ? new FakeEdges(this, shard).run(operation) : new FakeComputed(this, shard).run(operation);
    }

    int shards() {
        return shards;
    }

    List<Edge> edges() {
        return edges;
    }

    private static int compare(@Nullable Object a, @Nullable Object b, SortKey key) {
        int sign = ValueOrder.compare(a, b);
        return key.descending() && a != null && b != null ? -sign : sign;
    }

    private List<Map<String, Object>> selected(DocumentSelection selection, int shard) {
        List<Map<String, Object>> selected = new ArrayList<>();
        own(selection.collectionId(), shard).values().stream()
                .filter(row -> isSelected(selection, row))
                .forEach(selected::add);
        return selected;
    }

    private static boolean isSelected(DocumentSelection selection, Map<String, Object> row) {
        Object time = row.get("@timestamp");
        boolean inTime = selection.timeRange() == null
                || (time instanceof Long ms && selection.timeRange().contains(ms));
        return inTime && PredicateEvaluator.matches(selection.filter(), row::get);
    }

    /** Returns the rows of a shard by canonical key. */
    Map<String, Map<String, Object>> own(long collection, int shard) {
        CollectionSchema schema = catalog.collections().values().stream()
                .filter(each -> each.id() == collection)
                .findFirst()
                .orElseThrow();
        boolean intKey = schema.keyType() == io.millrace.protocol.value.ValueType.INT;
        Map<String, Map<String, Object>> own = new HashMap<>();
        rows.getOrDefault(collection, Map.of()).forEach((key, row) -> {
            if (ShardRouting.shardOf(key, shards) == shard) {
                Map<String, Object> full = new HashMap<>(row);
                full.put("id", intKey ? (Object) Long.valueOf(key) : key);
                full.put("row_id", ShardRouting.rowId(key, intKey));
                own.put(key, full);
            }
        });
        return own;
    }

    private List<Object[]> fetch(FetchDocuments fetch, int shard) {
        Map<String, Map<String, Object>> own = own(fetch.selection().collectionId(), shard);
        List<Object[]> result = new ArrayList<>();
        for (String key : fetch.keys()) {
            Map<String, Object> row = own.get(key);
            if (row != null && isSelected(fetch.selection(), row)) {
                result.add(values(List.of(row.get("id")), row, fetch.columns()));
            }
        }
        return result;
    }

    private List<Object[]> search(SearchVectors search, int shard) {
        Comparator<Object[]> byScore = Comparator.comparing(row -> (Double) row[1]);
        return selected(search.selection(), shard).stream()
                .filter(row -> row.get(search.field()) != null)
                .filter(row -> search.keys() == null
                        || search.keys().keys().contains(String.valueOf(row.get("id")))
                                != search.keys().excluded())
                .map(row -> values(
                        List.of(row.get("id"), score(search, (float[]) row.get(search.field()))),
                        row,
                        search.columns()))
                .sorted(((search.metric() == Metric.L2) != search.farthest() ? byScore : byScore.reversed())
                        .thenComparing(row -> row[0], ValueOrder.ASCENDING))
                .limit(search.k())
                .toList();
    }

    private static double score(SearchVectors search, float[] vector) {
        double dot = 0;
        double distance = 0;
        double norms = 0;
        double own = 0;
        for (int i = 0; i < vector.length; i++) {
            float q = search.query()[i];
            dot += q * vector[i];
            distance += (q - vector[i]) * (q - vector[i]);
            norms += q * q;
            own += vector[i] * vector[i];
        }
        return switch (search.metric()) {
            case L2 -> Math.sqrt(distance);
            case IP -> dot;
            case COSINE -> own == 0 ? 0 : dot / Math.sqrt(norms * own);
        };
    }

    private static Object[] values(List<Object> front, Map<String, Object> row, List<String> columns) {
        List<@Nullable Object> values = new ArrayList<>(front);
        columns.forEach(column -> values.add(row.get(column)));
        return values.toArray();
    }
}
