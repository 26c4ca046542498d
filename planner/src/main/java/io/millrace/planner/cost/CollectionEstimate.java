package io.millrace.planner.cost;

import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the rows of a collection and of their edges, over all shards. */
final class CollectionEstimate {
    private final Map<String, FieldEstimate> fields = new HashMap<>();
    private final Map<Direction, DegreeEstimate> degrees = new HashMap<>();
    private long rows;

    private record Direction(long edgeTypeId, boolean outgoing) {}

    CollectionEstimate(Collection<OfCollection> shards) {
        for (OfCollection shard : shards) {
            rows += shard.rows();
            for (FieldStatistics field : shard.fields()) {
                fields.computeIfAbsent(field.field(), name -> new FieldEstimate())
                        .add(field);
            }
            for (DegreeStatistics degree : shard.degrees()) {
                degrees.computeIfAbsent(
                                new Direction(degree.edgeTypeId(), degree.outgoing()), key -> new DegreeEstimate())
                        .add(degree);
            }
        }
    }

    double rows() {
        return rows;
    }

    @Nullable FieldEstimate field(String name) {
        return fields.get(name);
    }

    @Nullable DegreeEstimate degree(long edgeTypeId, boolean outgoing) {
        return degrees.get(new Direction(edgeTypeId, outgoing));
    }
}
