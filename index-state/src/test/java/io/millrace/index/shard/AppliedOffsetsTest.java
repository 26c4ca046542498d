package io.millrace.index.shard;

import static io.millrace.index.shard.AppliedOffsets.FORWARD;
import static io.millrace.index.shard.AppliedOffsets.REVERSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.HeapKeyValueStore;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppliedOffsetsTest {
    private final HeapKeyValueStore store = new HeapKeyValueStore();
    private final AppliedOffsets applied = open("a-b", "c");

    private AppliedOffsets open(String... topics) {
        return new AppliedOffsets(store, List.of(topics));
    }

    private static SourcePosition at(int partition, long offset) {
        return new SourcePosition(0, partition, offset, 100 + offset);
    }

    @Test
    void aRecordIsAppliedOnceAndMarkersNeverGoBack() {
        assertThat(applied.admit(at(0, 5), FORWARD, FORWARD)).isTrue();
        assertThat(applied.admit(at(0, 5), FORWARD, FORWARD)).isFalse();
        applied.advance(at(0, 9));
        applied.advance(at(0, 7));

        assertThat(applied.next("a-b-0")).isEqualTo(9);
        assertThat(applied.admit(at(0, 8), FORWARD, FORWARD)).isFalse();
        assertThat(applied.admit(at(0, 9), FORWARD, FORWARD)).isTrue();
        assertThat(applied.next("a-b-0")).isEqualTo(10);
    }

    @Test
    void anEdgeWithBothEndsHereCountsWhenBothCopiesCame() {
        assertThat(applied.admit(at(0, 5), FORWARD, FORWARD | REVERSE)).isTrue();
        assertThat(applied.next("a-b-0")).isEqualTo(5);
        assertThat(applied.admit(at(0, 5), FORWARD, FORWARD | REVERSE)).isFalse();
        assertThat(applied.admit(at(0, 5), REVERSE, FORWARD | REVERSE)).isTrue();
        assertThat(applied.next("a-b-0")).isEqualTo(6);
        assertThat(applied.admit(at(0, 5), REVERSE, FORWARD | REVERSE)).isFalse();
    }

    @Test
    void positionsSurviveByNameWhereTopicsAreReordered() {
        applied.admit(at(2, 5), FORWARD, FORWARD);
        applied.flush();

        assertThat(open("c", "a-b").snapshot()).containsExactly(new SourceProgress("a-b-2", 6, 6, 105));
        assertThat(open("c").snapshot()).isEmpty();
    }
}
