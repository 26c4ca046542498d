package io.millrace.planner.cost;

import io.millrace.protocol.statistics.FieldStatistics;
import java.util.HashMap;
import java.util.Map;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.memory.Memory;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.jspecify.annotations.Nullable;

/** What the values of a field are like, over all shards. */
final class FieldEstimate {
    private static final int DISTINCT_LOG_K = 10;
    private static final int QUANTILES_K = 100;

    private final Union distinct = new Union(DISTINCT_LOG_K);
    private final Map<String, Long> frequent = new HashMap<>();
    private @Nullable KllDoublesSketch quantiles;
    private long present;
    private long frequentRows;

    void add(FieldStatistics shard) {
        present += shard.present();
        distinct.update(HllSketch.heapify(shard.distinct()));
        for (FieldStatistics.ValueCount value : shard.frequent()) {
            frequent.merge(value.value(), value.rows(), Long::sum);
            frequentRows += value.rows();
        }
        if (shard.quantiles().length > 0) {
            KllDoublesSketch own = KllDoublesSketch.heapify(Memory.wrap(shard.quantiles()));
            KllDoublesSketch all = quantiles == null ? KllDoublesSketch.newHeapInstance(QUANTILES_K) : quantiles;
            all.merge(own);
            quantiles = all;
        }
    }

    /** Returns how many rows have a value. */
    double present() {
        return present;
    }

    /** Returns about how many distinct values there are. */
    double distinct() {
        return Math.max(1, distinct.getResult(TgtHllType.HLL_4).getEstimate());
    }

    /** Returns about how many rows have the value. */
    double rowsEqual(Object value) {
        Long known = frequent.get(value.toString());
        if (known != null) {
            return known;
        }
        double others = Math.max(1, distinct() - frequent.size());
        return Math.max(0, present - frequentRows) / others;
    }

    /** Returns about how many rows have a value below {@code bound}, or one not above it; NaN where that is not known. */
    double rowsBelow(Object bound, boolean inclusive) {
        if (quantiles == null || !(bound instanceof Number number)) {
            return Double.NaN;
        }
        QuantileSearchCriteria criteria =
                inclusive ? QuantileSearchCriteria.INCLUSIVE : QuantileSearchCriteria.EXCLUSIVE;
        return present * quantiles.getRank(number.doubleValue(), criteria);
    }
}
