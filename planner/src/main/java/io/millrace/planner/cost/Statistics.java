package io.millrace.planner.cost;

import io.millrace.protocol.statistics.StatisticsMessage;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import io.millrace.protocol.statistics.WorkKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest of what shards have told. Used by one thread. */
public final class Statistics {
    /** Nanoseconds a unit where nothing was measured: about what a server of 2020 takes. */
    private static final Map<WorkKind, Double> UNMEASURED = Map.of(
            WorkKind.SEARCH_DISTANCE, 120.0,
            WorkKind.SCORE, 400.0,
            WorkKind.EXPAND_VERTEX, 1_500.0,
            WorkKind.FETCH_ROW, 4_000.0,
            WorkKind.SCAN_ROW, 1_500.0);

    private final Map<Long, Map<Integer, OfCollection>> byCollection = new HashMap<>();
    private final Map<Long, CollectionEstimate> estimates = new HashMap<>();
    private final Map<Integer, OfWork> work = new TreeMap<>();
    private final Map<WorkKind, Double> nanos = new EnumMap<>(UNMEASURED);

    /** Takes a message in place of an older one of the same key. */
    public void take(StatisticsMessage message) {
        if (message instanceof OfCollection collection) {
            byCollection
                    .computeIfAbsent(collection.collectionId(), id -> new TreeMap<>())
                    .put(collection.shard(), collection);
            estimates.remove(collection.collectionId());
        } else {
            OfWork told = (OfWork) message;
            work.put(told.shard(), told);
            for (WorkKind kind : WorkKind.values()) {
                work.values().stream()
                        .map(each -> each.nanos().get(kind))
                        .filter(each -> each != null)
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .ifPresent(mean -> nanos.put(kind, mean));
            }
        }
    }

    /** Forgets collections that are none of these. */
    public void keepOnly(Set<Long> collectionIds) {
        byCollection.keySet().retainAll(collectionIds);
        estimates.keySet().retainAll(collectionIds);
    }

    /** Returns what is known of a collection; null where nothing is. */
    @Nullable CollectionEstimate collection(long id) {
        Map<Integer, OfCollection> shards = byCollection.get(id);
        return shards == null ? null : estimates.computeIfAbsent(id, key -> new CollectionEstimate(shards.values()));
    }

    /** Returns nanoseconds for one unit of work. */
    double nanos(WorkKind kind) {
        return nanos.getOrDefault(kind, 0.0);
    }
}
