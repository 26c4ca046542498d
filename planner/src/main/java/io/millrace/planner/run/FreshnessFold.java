package io.millrace.planner.run;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.fragment.PartialResult.WaitingFor;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SourceProgress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Folds what shards say about their freshness into what holds for the whole answer. */
final class FreshnessFold {
    private FreshnessFold() {}

    /** Returns the certificate of all steps; null where no shard answered. */
    static @Nullable FreshnessCertificate of(List<StepRun> steps, Map<String, Long> endOffsets, long nowMs) {
        List<ShardCertificate> all = new ArrayList<>();
        long pending = 0;
        long stale = 0;
        for (StepRun step : steps) {
            all.addAll(step.certificates);
            pending = Math.max(pending, sumOverShards(step.certificates, true));
            stale = Math.max(stale, sumOverShards(step.certificates, false));
        }
        if (all.isEmpty()) {
            return null;
        }
        all.sort(Comparator.comparingInt(ShardCertificate::shard));
        Map<String, Long> applied = applied(all);
        return new FreshnessCertificate(applied, pending, stale, lagMs(all, applied, endOffsets, nowMs), all);
    }

    /** Returns how far shards lag behind the event topics. */
    static long lagMs(List<ShardCertificate> certificates, Map<String, Long> endOffsets, long nowMs) {
        return lagMs(certificates, applied(certificates), endOffsets, nowMs);
    }

    /** A shard answers once a round: its greatest count is the one that holds. */
    private static long sumOverShards(List<ShardCertificate> certificates, boolean pending) {
        Map<Integer, Long> byShard = new HashMap<>();
        for (ShardCertificate each : certificates) {
            byShard.merge(each.shard(), pending ? each.pendingRows() : each.staleRows(), Math::max);
        }
        return byShard.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The least that was applied of each partition; a shard that does not name one has applied nothing of it. */
    private static Map<String, Long> applied(List<ShardCertificate> all) {
        Map<String, Long> least = new TreeMap<>();
        Map<String, Integer> named = new HashMap<>();
        for (ShardCertificate certificate : all) {
            for (SourceProgress progress : certificate.progress()) {
                least.merge(progress.partition(), progress.applied(), Math::min);
                named.merge(progress.partition(), 1, Integer::sum);
            }
        }
        least.replaceAll((partition, next) -> named.getOrDefault(partition, 0) < all.size() ? 0L : next);
        return least;
    }

    private static long lagMs(
            List<ShardCertificate> all, Map<String, Long> applied, Map<String, Long> endOffsets, long nowMs) {
        long lag = 0;
        Map<String, Long> times = timestamps(all);
        TreeMap<String, Long> partitions = new TreeMap<>(endOffsets);
        applied.keySet().forEach(partition -> partitions.putIfAbsent(partition, Long.MAX_VALUE));
        for (Map.Entry<String, Long> partition : partitions.entrySet()) {
            if (applied.getOrDefault(partition.getKey(), 0L) < partition.getValue()) {
                lag = Math.max(lag, nowMs - times.getOrDefault(partition.getKey(), 0L));
            }
        }
        return lag;
    }

    /** By partition, the least of what shards name as the timestamp of the last record applied. */
    private static Map<String, Long> timestamps(List<ShardCertificate> all) {
        Map<String, Long> times = new HashMap<>();
        for (ShardCertificate certificate : all) {
            for (SourceProgress progress : certificate.progress()) {
                times.merge(progress.partition(), progress.timestampMs(), Math::min);
            }
        }
        return times;
    }

    /** Returns the problem of an offset token that was not reached. */
    static Problem notReached(OffsetToken demanded, Round round) {
        Map<String, Long> applied = round.waitingApplied();
        Set<WaitingFor> reasons = round.waitingFor();
        List<String> facts = new ArrayList<>();
        new TreeMap<>(demanded.nextOffsets()).forEach((partition, next) -> {
            long reached = applied.getOrDefault(partition, 0L);
            if (reached < next) {
                facts.add(partition + ": applied " + reached + ", demanded " + next);
            }
        });
        if (reasons.contains(WaitingFor.TEXTS)) {
            facts.add("rows below them wait to be embedded");
        }
        if (reasons.contains(WaitingFor.BUILD)) {
            facts.add("the index is REBUILD_ONLY, and no build has brought it the rows below them");
        }
        return Problem.of(ErrorCode.STALE, "the demanded offsets were not applied by the deadline")
                .withDetail(String.join("; ", facts))
                .withHint(
                        reasons.contains(WaitingFor.BUILD)
                                ? "build the index with BUILD VECTOR INDEX, or search with \"exact\": true"
                                : "ask again with a longer timeout_ms");
    }

    static Problem lagging(long lagMs, long maxLagMs) {
        return Problem.of(
                ErrorCode.STALE,
                "the answer lags " + lagMs + " ms behind the event topics, at most " + maxLagMs + " ms were asked for");
    }
}
