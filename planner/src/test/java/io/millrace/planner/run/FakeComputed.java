package io.millrace.planner.run;

import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.ClusterPlace;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusterMembers;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.FragmentOperation.ReadIndexStatus;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.FragmentOperation.TopDegrees;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;

/** What a shard over plain lists computes: every vector is a cluster of its own there. */
final class FakeComputed {
    static final long CLUSTERS = 2;

    private final FakeShards shards;
    private final int shard;

    FakeComputed(FakeShards shards, int shard) {
        this.shards = shards;
        this.shard = shard;
    }

    List<Object[]> run(FragmentOperation operation) {
        if (operation instanceof ReadStatistics read) {
            return statistics(read);
        }
        if (operation instanceof CountEdges count) {
            return count(count);
        }
        if (operation instanceof TopDegrees top) {
            return top(top);
        }
        if (operation instanceof ReadClusters read) {
            return clusters(read);
        }
        return operation instanceof ReadClusterMembers read ? members(read) : status((ReadIndexStatus) operation);
    }

    private List<Object[]> statistics(ReadStatistics read) {
        List<Object[]> result = new ArrayList<>();
        for (long id : read.collectionIds()) {
            Map<String, List<Long>> timesByType = new TreeMap<>();
            shards.own(id, shard)
                    .values()
                    .forEach(row -> timesByType
                            .computeIfAbsent((String) row.getOrDefault("event_type", ""), type -> new ArrayList<>())
                            .add((Long) row.get("@timestamp")));
            timesByType.forEach((type, times) -> result.add(new @Nullable Object[] {
                id,
                type.isEmpty() ? null : type,
                (long) times.size(),
                times.stream().min(Long::compare).orElseThrow(),
                times.stream().max(Long::compare).orElseThrow(),
                null
            }));
            String measured = shard == shards.unmeasured
                    ? null
                    : new String(StatisticsCodec.write(measured(id)), StandardCharsets.UTF_8);
            result.add(new @Nullable Object[] {id, null, null, null, null, measured});
        }
        return result;
    }

    /** As if measured at a time that the number of the shard tells. */
    private OfCollection measured(long id) {
        HllSketch keys = new HllSketch(10, TgtHllType.HLL_4);
        HllSketch same = new HllSketch(10, TgtHllType.HLL_4);
        shards.own(id, shard).keySet().forEach(key -> {
            keys.update(key);
            same.update("same");
        });
        long rows = shards.own(id, shard).size();
        List<DegreeStatistics> degrees = new ArrayList<>();
        for (EdgeType type : shards.catalog.edgeTypes().values()) {
            for (boolean outgoing : List.of(true, false)) {
                long edges = edges(type.id(), outgoing).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                degrees.add(new DegreeStatistics(
                        type.id(), outgoing, rows, edges / 2, new byte[0], List.of(), edges - edges / 2));
            }
        }
        return new OfCollection(
                shard,
                id,
                rows,
                List.of(
                        new FieldStatistics("key", rows, keys.toCompactByteArray(), new byte[0], List.of()),
                        new FieldStatistics("same", rows, same.toCompactByteArray(), new byte[0], List.of())),
                degrees,
                10 * rows,
                1_000L * (shard + 1));
    }

    /** Returns how many edges the vertices of this shard have. */
    private Map<String, Long> edges(long typeId, boolean outgoing) {
        Map<String, Long> counts = new TreeMap<>();
        shards.edges().stream()
                .filter(edge -> edge.type() == typeId)
                .map(edge -> outgoing ? edge.from() : edge.to())
                .filter(key -> ShardRouting.shardOf(key, shards.shards()) == shard)
                .forEach(key -> counts.merge(key, 1L, Long::sum));
        return counts;
    }

    private List<Object[]> top(TopDegrees top) {
        Set<String> keys = new TreeSet<>();
        List<Map<String, Long>> counts = top.lookups().stream()
                .map(lookup -> edges(lookup.edgeTypeId(), lookup.outgoing()))
                .toList();
        counts.forEach(each -> keys.addAll(each.keySet()));
        List<Object[]> rows = new ArrayList<>();
        for (String key : keys) {
            Object[] row = new Object[1 + counts.size()];
            row[0] = key;
            for (int i = 0; i < counts.size(); i++) {
                row[1 + i] = counts.get(i).getOrDefault(key, 0L);
            }
            rows.add(row);
        }
        return rows;
    }

    private List<Object[]> count(CountEdges count) {
        List<Object[]> result = new ArrayList<>();
        for (int place = 0; place < count.keys().size(); place++) {
            String key = count.keys().get(place);
            if (ShardRouting.shardOf(key, shards.shards()) != shard) {
                continue;
            }
            List<Object> row = new ArrayList<>();
            row.add((long) place);
            for (EdgeLookup lookup : count.lookups()) {
                row.add(shards.edges().stream()
                        .filter(edge -> edge.type() == lookup.edgeTypeId()
                                && key.equals(lookup.outgoing() ? edge.from() : edge.to()))
                        .count());
            }
            result.add(row.toArray());
        }
        return result;
    }

    private List<Map.Entry<String, float[]>> vectors(long indexId) {
        VectorIndexDefinition index = shards.catalog.vectorIndexes().values().stream()
                .filter(each -> each.id() == indexId)
                .findFirst()
                .orElseThrow();
        long collection =
                shards.catalog.collection(index.collection()).orElseThrow().id();
        List<Map.Entry<String, float[]>> vectors = new ArrayList<>();
        new TreeMap<>(shards.own(collection, shard)).forEach((key, row) -> {
            if (row.get(index.field()) instanceof float[] vector) {
                vectors.add(Map.entry(key, vector));
            }
        });
        return vectors;
    }

    private List<Object[]> clusters(ReadClusters read) {
        List<Object[]> result = new ArrayList<>();
        for (Map.Entry<String, float[]> each : vectors(read.indexId())) {
            result.add(new Object[] {(long) shard, CLUSTERS, (long) result.size(), 1L, each.getValue()});
        }
        if (result.isEmpty()) {
            result.add(new @Nullable Object[] {(long) shard, CLUSTERS, null, null, null});
        }
        return result;
    }

    private List<Object[]> members(ReadClusterMembers read) {
        List<Object[]> result = new ArrayList<>();
        List<Map.Entry<String, float[]>> vectors = vectors(read.indexId());
        for (int label = 0; label < vectors.size(); label++) {
            int own = label;
            int cluster = read.places().stream()
                    .filter(place -> place.shard() == shard && place.label() == own)
                    .mapToInt(ClusterPlace::cluster)
                    .findFirst()
                    .orElseThrow();
            String key = vectors.get(label).getKey();
            double distance =
                    distance(vectors.get(label).getValue(), read.centroids().get(cluster));
            Object[] row = {key, (long) cluster, distance, read.sizes().get(cluster)};
            Map<String, Object> byName = Map.of("cluster", row[1], "distance", row[2], "size", row[3]);
            boolean asked =
                    read.keys() == null || Objects.requireNonNull(read.keys()).contains(key);
            if (asked && PredicateEvaluator.matches(read.filter(), name -> byName.getOrDefault(name, key))) {
                result.add(row);
            }
        }
        return result;
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private List<Object[]> status(ReadIndexStatus read) {
        List<Object[]> result = new ArrayList<>();
        for (VectorIndexDefinition index : shards.catalog.vectorIndexes().values()) {
            if (read.indexId() == null || read.indexId() == index.id()) {
                long rows = shard + 1L;
                result.add(new Object[] {(long) shard, index.id(), "READY", rows, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L});
            }
        }
        return result;
    }
}
