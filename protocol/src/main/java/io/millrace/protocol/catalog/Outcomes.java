package io.millrace.protocol.catalog;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What became of the newest control records, by request id, in the order they came; immutable, and cheap to add to. */
final class Outcomes extends AbstractMap<String, ControlOutcome> {
    private final PersistentMap<String, ControlOutcome> byId;
    private final PersistentMap<Long, String> order;

    private Outcomes(PersistentMap<String, ControlOutcome> byId, PersistentMap<Long, String> order) {
        this.byId = byId;
        this.order = order;
    }

    /** Returns {@code map} itself where it is such a map already. */
    static Outcomes copyOf(Map<String, ControlOutcome> map) {
        if (map instanceof Outcomes outcomes) {
            return outcomes;
        }
        Outcomes copy = new Outcomes(PersistentMap.empty(), PersistentMap.empty());
        for (Map.Entry<String, ControlOutcome> entry : map.entrySet()) {
            copy = copy.and(entry.getKey(), entry.getValue(), Integer.MAX_VALUE);
        }
        return copy;
    }

    /** Returns these and the outcome of an id that is not among them, without the oldest where more than {@code max}. */
    Outcomes and(String requestId, ControlOutcome outcome, int max) {
        Long last = order.lastKey();
        PersistentMap<String, ControlOutcome> ids = byId.with(requestId, outcome);
        PersistentMap<Long, String> ordered = order.with(last == null ? 0L : last + 1, requestId);
        if (ids.size() > max) {
            Long oldest = ordered.firstKey();
            ids = ids.without(Objects.requireNonNull(ordered.get(oldest)));
            ordered = ordered.without(oldest);
        }
        return new Outcomes(ids, ordered);
    }

    @Override
    public @Nullable ControlOutcome get(Object requestId) {
        return byId.get(requestId);
    }

    @Override
    public boolean containsKey(Object requestId) {
        return byId.containsKey(requestId);
    }

    @Override
    public Set<Map.Entry<String, ControlOutcome>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, ControlOutcome>> iterator() {
                return order.values().stream()
                        .map(id -> Map.entry(id, Objects.requireNonNull(byId.get(id))))
                        .iterator();
            }

            @Override
            public int size() {
                return byId.size();
            }
        };
    }
}
