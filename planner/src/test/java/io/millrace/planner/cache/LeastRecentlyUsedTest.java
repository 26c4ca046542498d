package io.millrace.planner.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastRecentlyUsedTest {
    @Test
    void theKeyThatWasNotUsedForLongestGoes() {
        LeastRecentlyUsed keys = new LeastRecentlyUsed(2);
        assertThat(keys.use("a")).isNull();
        assertThat(keys.use("b")).isNull();
        assertThat(keys.use("a")).isNull();
        assertThat(keys.use("c")).isEqualTo("b");
        keys.remove("a");
        assertThat(keys.use("d")).isNull();
        assertThat(keys.size()).isEqualTo(2);
    }

    @Test
    void withoutRoomNothingIsKept() {
        assertThat(new LeastRecentlyUsed(0).use("a")).isEqualTo("a");
    }

    @Test
    void committedBytesOfACachedPlanAreStillRead() {
        CachedPlan plan = new CachedPlan("{\"steps\": []}", 7, 1_700_000_000_000L);
        byte[] golden = io.millrace.protocol.Golden.bytes("cached-plan-v1.bin", plan.toBytes());
        assertThat(CachedPlan.of(golden)).isEqualTo(plan);
        assertThat(plan.toBytes()).isEqualTo(golden);
    }
}
