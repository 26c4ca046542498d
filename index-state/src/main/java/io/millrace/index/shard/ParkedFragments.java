package io.millrace.index.shard;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.PartialResult.WaitingFor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fragments that wait for a catalog version, or for every shard here to have applied enough, in the order they came.
 * Each remembers one shard and partition that it lacks, so that looking whether an input releases it costs a comparison.
 */
final class ParkedFragments {
    private static final class Parked {
        private final Fragment fragment;
        private final Set<WaitingFor> told = EnumSet.noneOf(WaitingFor.class);
        private int shard;
        private String partition = "";
        private long needed;

        /** What shards had embedded when a text was last missing; -1 if none was. */
        private long embedded = -1;

        Parked(Fragment fragment) {
            this.fragment = fragment;
        }
    }

    private final List<Shard> shards;
    private final List<Parked> parked = new ArrayList<>();

    ParkedFragments(List<Shard> shards) {
        this.shards = shards;
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }

    /** Returns the earliest deadline. */
    long nextDeadlineMs() {
        return parked.stream().mapToLong(p -> p.fragment.deadlineMs()).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Parks the fragment unless it can run, and returns whether it can.
     *
     * @param waiting is told once of each thing that the fragment waits for, but of no catalog version
     */
    boolean admit(Fragment fragment, long catalogVersion, WaitingSink waiting) {
        Parked candidate = new Parked(fragment);
        if (isReady(candidate, catalogVersion, waiting)) {
            return true;
        }
        parked.add(candidate);
        return false;
    }

    /** Takes out, in order, what can run now; what has expired is dropped. */
    List<Fragment> release(long catalogVersion, long nowMs, WaitingSink waiting) {
        List<Fragment> released = new ArrayList<>();
        for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
            Parked one = all.next();
            if (one.fragment.deadlineMs() < nowMs) {
                all.remove();
            } else if (!stillLacks(one) && isReady(one, catalogVersion, waiting)) {
                released.add(one.fragment);
                all.remove();
            }
        }
        return released;
    }

    private boolean stillLacks(Parked one) {
        return one.needed > 0
                ? shards.get(one.shard).applied().next(one.partition) < one.needed
                : one.embedded >= 0 && one.embedded == embedded();
    }

    /** Returns a number that grows with what is embedded. */
    private long embedded() {
        return shards.stream().mapToLong(shard -> shard.embeddings().progress()).sum();
    }

    private boolean isReady(Parked one, long catalogVersion, WaitingSink waiting) {
        if (one.fragment.catalogVersion() > catalogVersion) {
            return false;
        }
        for (int i = 0; i < shards.size(); i++) {
            for (Map.Entry<String, Long> minimum :
                    one.fragment.minOffsets().nextOffsets().entrySet()) {
                if (shards.get(i).applied().next(minimum.getKey()) < minimum.getValue()) {
                    one.shard = i;
                    one.partition = minimum.getKey();
                    one.needed = minimum.getValue();
                    tell(one, WaitingFor.OFFSETS, waiting);
                    return false;
                }
            }
            if (isFrozenBefore(one.fragment, shards.get(i))) {
                one.needed = 0;
                tell(one, WaitingFor.BUILD, waiting);
                return false;
            }
        }
        if (hasEmbedded(one.fragment)) {
            return true;
        }
        one.needed = 0;
        one.embedded = embedded();
        tell(one, WaitingFor.TEXTS, waiting);
        return false;
    }

    private boolean hasEmbedded(Fragment fragment) {
        for (Shard shard : shards) {
            if (!shard.hasEmbedded(fragment)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the fragment searches an index that changes reach only by a build, and none has covered it. */
    private static boolean isFrozenBefore(Fragment fragment, Shard shard) {
        if (fragment.minOffsets().isEmpty()
                || !(fragment.operation() instanceof FragmentOperation.SearchVectors search)
                || search.exact()) {
            return false;
        }
        ShardIndex index = shard.index(search.indexId());
        if (index == null
                || index.mode() != FreshnessMode.REBUILD_ONLY
                || index.pending().size() == 0) {
            return false;
        }
        Map<String, Long> covered = index.covered().nextOffsets();
        return fragment.minOffsets().nextOffsets().entrySet().stream()
                .anyMatch(minimum -> covered.getOrDefault(minimum.getKey(), 0L) < minimum.getValue());
    }

    private void tell(Parked one, WaitingFor reason, WaitingSink waiting) {
        if (one.told.add(reason)) {
            waiting.accept(one.fragment, new PartialResult.Waiting(applied(one.fragment), reason));
        }
    }

    /** Returns how far the slowest shard is with the partitions that the fragment names. */
    private OffsetToken applied(Fragment fragment) {
        Map<String, Long> slowest = new TreeMap<>();
        for (String partition : fragment.minOffsets().nextOffsets().keySet()) {
            slowest.put(
                    partition,
                    shards.stream()
                            .mapToLong(shard -> shard.applied().next(partition))
                            .min()
                            .orElse(0));
        }
        return new OffsetToken(slowest);
    }

    /** Is told that a fragment waits, for what, and how far the shards are. */
    @FunctionalInterface
    interface WaitingSink {
        void accept(Fragment fragment, PartialResult.Waiting waiting);
    }
}
