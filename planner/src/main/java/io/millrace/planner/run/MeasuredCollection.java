package io.millrace.planner.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.Reading.CountedEdges;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.value.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.jspecify.annotations.Nullable;

/**
 * What shards have measured of a collection, each at its own time, put together. Where one has not yet, nothing is known:
 * a sum without it would be wrong.
 */
final class MeasuredCollection {
    private static final int DISTINCT_LOG_K = 10;

    /** By shard, because what sketches add up to may depend on their order. */
    private final Map<Integer, OfCollection> shards = new TreeMap<>();

    private boolean unmeasured;

    /** @param message as the topic of statistics has it; null of a shard that has not measured yet */
    void add(@Nullable String message) {
        if (message == null) {
            unmeasured = true;
            return;
        }
        try {
            if (StatisticsCodec.read(message.getBytes(StandardCharsets.UTF_8)) instanceof OfCollection measured) {
                shards.put(measured.shard(), measured);
            }
        } catch (MillraceException e) {
            throw new IllegalStateException("a shard sent statistics that cannot be read", e);
        }
    }

    private boolean isKnown() {
        return !unmeasured && !shards.isEmpty();
    }

    @Nullable Long bytes() {
        return isKnown() ? (Long) sum(OfCollection::bytes) : null;
    }

    private long sum(ToLongFunction<OfCollection> number) {
        return shards.values().stream().mapToLong(number).sum();
    }

    /** Returns the oldest time that any of the numbers is of. */
    @Nullable Long atMs() {
        return isKnown()
                ? (Long) shards.values().stream()
                        .mapToLong(OfCollection::atMs)
                        .min()
                        .orElseThrow()
                : null;
    }

    /** Returns about how many distinct values each field has. */
    @Nullable JsonText distinct() {
        if (!isKnown()) {
            return null;
        }
        Map<String, Union> fields = new LinkedHashMap<>();
        for (OfCollection shard : shards.values()) {
            for (FieldStatistics field : shard.fields()) {
                fields.computeIfAbsent(field.field(), name -> new Union(DISTINCT_LOG_K))
                        .update(HllSketch.heapify(field.distinct()));
            }
        }
        ObjectNode distinct = JsonNodeFactory.instance.objectNode();
        fields.forEach((name, union) ->
                distinct.put(name, Math.round(union.getResult(TgtHllType.HLL_4).getEstimate())));
        return new JsonText(distinct.toString());
    }

    /** Returns how many edges of each type leave vertices of the collection, and come to them. */
    @Nullable JsonText edges(List<CountedEdges> types) {
        if (!isKnown()) {
            return null;
        }
        ObjectNode edges = JsonNodeFactory.instance.objectNode();
        for (CountedEdges type : types) {
            ObjectNode directions = edges.putObject(type.name());
            if (type.leaves()) {
                directions.put("outgoing", edges(type.id(), true));
            }
            if (type.comes()) {
                directions.put("incoming", edges(type.id(), false));
            }
        }
        return new JsonText(edges.toString());
    }

    private long edges(long typeId, boolean outgoing) {
        return shards.values().stream()
                .flatMap(shard -> shard.degrees().stream())
                .filter(degree -> degree.edgeTypeId() == typeId && degree.outgoing() == outgoing)
                .mapToLong(MeasuredCollection::edges)
                .sum();
    }

    private static long edges(DegreeStatistics degree) {
        return degree.edges() + degree.rowlessEdges();
    }
}
