package io.millrace.index.shard;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Fragments between two slices. Those that have taken many are long: they have every fourth turn while there are others, so
 * that a fragment of some slices does not wait for all of the long ones behind each. Among equals the one that has waited
 * longest is next.
 */
final class RunQueue {
    /** Slices that make a fragment a long one. */
    static final int LONG_SLICES = 8;

    private static final int TURNS_FOR_LONG = 4;

    private final Deque<FragmentRun> brief = new ArrayDeque<>();
    private final Deque<FragmentRun> longs = new ArrayDeque<>();
    private int turn;

    void add(FragmentRun run) {
        (run.slices() < LONG_SLICES ? brief : longs).add(run);
    }

    /** Takes the fragment that is next; null where there is none. */
    @Nullable FragmentRun poll() {
        turn = (turn + 1) % TURNS_FOR_LONG;
        boolean takeLong = brief.isEmpty() || (turn == 0 && !longs.isEmpty());
        return takeLong ? longs.poll() : brief.poll();
    }

    boolean isEmpty() {
        return brief.isEmpty() && longs.isEmpty();
    }

    /** Returns whether there are fragments, and all of them are long. */
    boolean hasOnlyLong() {
        return brief.isEmpty() && !longs.isEmpty();
    }

    /** Returns whether one is of another request. */
    boolean hasOtherThan(String requestId) {
        return has(brief, requestId) || has(longs, requestId);
    }

    private static boolean has(Deque<FragmentRun> runs, String otherThan) {
        for (FragmentRun run : runs) {
            if (!run.fragment().requestId().equals(otherThan)) {
                return true;
            }
        }
        return false;
    }

    void removeIf(Predicate<FragmentRun> condition) {
        brief.removeIf(condition);
        longs.removeIf(condition);
    }

    void clear(Consumer<FragmentRun> each) {
        brief.forEach(each);
        longs.forEach(each);
        brief.clear();
        longs.clear();
    }
}
