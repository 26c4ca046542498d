package io.millrace.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import io.millrace.protocol.statistics.WorkKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final Statistics statistics = new Statistics();

    private void take(int shard, long collection, long rows) {
        statistics.take(new OfCollection(shard, collection, rows, List.of(), List.of(), 0, 0));
    }

    private double rows(long collection) {
        CollectionEstimate estimate = statistics.collection(collection);
        return estimate == null ? -1 : estimate.rows();
    }

    @Test
    void shardsAreSummedAndTheNewestOfEachCounts() {
        take(0, 1, 10);
        take(1, 1, 5);
        assertThat(rows(1)).isEqualTo(15);
        take(0, 1, 20);
        assertThat(rows(1)).isEqualTo(25);
    }

    @Test
    void droppedCollectionsAreForgotten() {
        take(0, 1, 10);
        take(0, 2, 10);
        statistics.keepOnly(Set.of(2L, 3L));
        assertThat(rows(1)).isEqualTo(-1);
        assertThat(rows(2)).isEqualTo(10);
    }

    @Test
    void workCostsWhatItDoesOnAverageOverShards() {
        statistics.take(new OfWork(0, Map.of(WorkKind.SCAN_ROW, 100.0)));
        statistics.take(new OfWork(1, Map.of(WorkKind.SCAN_ROW, 300.0)));
        assertThat(statistics.nanos(WorkKind.SCAN_ROW)).isEqualTo(200);
        assertThat(statistics.nanos(WorkKind.SCORE)).isPositive();
    }
}
