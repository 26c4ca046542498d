package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which fragment is next, told by the order of the answers. */
class RunQueueTest {
    private static final int ROWS_PER_STEP = 128;

    private final Fixture one = new Fixture(1);
    private long people;

    @BeforeEach
    void fill() {
        people = one.people();
        for (int i = 0; i < 40 * ROWS_PER_STEP; i++) {
            one.upsert("people", "p" + i, Map.of("age", (long) i));
        }
        one.shards.flush();
        one.sliced();
    }

    private void ask(String requestId, FragmentOperation operation) {
        Fragment any = one.fragment(operation, OffsetToken.NONE);
        one.shards.submit(new Fragment(
                requestId, 1, 0, 0, any.catalogVersion(), any.deadlineMs(), any.minOffsets(), any.operation()));
    }

    private FragmentOperation scan() {
        return new ScanDocuments(Fixture.all(people), List.of("age"), List.of(), 1);
    }

    private FragmentOperation fetch(int keys) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            asked.add("p" + i);
        }
        return new FetchDocuments(people, asked, List.of("age"));
    }

    private int slicesUntil(String requestId) {
        int slices = 0;
        while (one.partials.stream().noneMatch(partial -> partial.requestId().equals(requestId))) {
            one.shards.runSlice(0);
            slices++;
        }
        return slices;
    }

    @Test
    void aBriefFragmentDoesNotWaitForLongOnesBehindEachSlice() {
        for (int i = 0; i < 8; i++) {
            ask("long " + i, scan());
        }
        for (int i = 0; i < 8 * RunQueue.LONG_SLICES; i++) {
            one.shards.runSlice(0);
        }
        assertThat(one.partials).isEmpty();
        assertThat(one.shards.hasOnlyLong()).isTrue();

        ask("brief", fetch((RunQueue.LONG_SLICES - 2) * 32));

        assertThat(one.shards.hasOnlyLong()).isFalse();
        // Its own slices, of which the first was taken as it came, and every fourth turn for a long one.
        assertThat(slicesUntil("brief")).isBetween(RunQueue.LONG_SLICES - 3, RunQueue.LONG_SLICES + 2);
    }

    @Test
    void longOnesGoOnWhileBriefOnesCome() {
        ask("long", scan());
        for (int i = 0; i < RunQueue.LONG_SLICES; i++) {
            one.shards.runSlice(0);
        }
        int slices = 0;
        while (one.partials.stream().noneMatch(partial -> partial.requestId().equals("long"))) {
            ask("brief " + slices, fetch(2 * 32));
            one.shards.runSlice(0);
            slices++;
        }

        assertThat(slices).isLessThan(4 * 40);
    }

    @Test
    void aRequestIsNoNeighbourOfItself() {
        ask("r", scan());

        assertThat(one.shards.isBusyFor("r")).isFalse();
        assertThat(one.shards.isBusyFor("other")).isTrue();
    }
}
