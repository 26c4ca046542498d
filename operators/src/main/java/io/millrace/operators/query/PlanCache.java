package io.millrace.operators.query;

import io.millrace.planner.cache.CachedPlan;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;

/** The plans that are kept for questions: keyed state of the questions. */
final class PlanCache {
    private final RecentState<CachedPlan> plans;

    private PlanCache(RecentState<CachedPlan> plans) {
        this.plans = plans;
    }

    /**
     * Opens the cache with what the state holds.
     *
     * @param max plans that this subtask keeps
     */
    static PlanCache open(KeyedStateBackend<String> backend, int max, long ttlMs) throws Exception {
        return new PlanCache(new RecentState<>(backend, "plans", new Format(), max, ttlMs));
    }

    int size() {
        return plans.size();
    }

    /** Returns the plan of the current key, if it is not too old and was made for this catalog. */
    @Nullable String get(long catalogVersion, long nowMs) throws Exception {
        CachedPlan cached = plans.get(nowMs);
        if (cached == null) {
            return null;
        }
        if (cached.catalogVersion() != catalogVersion) {
            plans.remove();
            return null;
        }
        return cached.plan();
    }

    /** Keeps a plan for the current key; the one that was not used for longest may go. */
    void put(String plan, long catalogVersion, long nowMs) throws Exception {
        plans.put(new CachedPlan(plan, catalogVersion, nowMs));
    }

    private static final class Format implements RecentState.Format<CachedPlan> {
        @Override
        public byte[] toBytes(CachedPlan plan) {
            return plan.toBytes();
        }

        @Override
        public CachedPlan of(byte[] bytes) {
            return CachedPlan.of(bytes);
        }

        @Override
        public long storedMs(CachedPlan plan) {
            return plan.storedMs();
        }
    }
}
