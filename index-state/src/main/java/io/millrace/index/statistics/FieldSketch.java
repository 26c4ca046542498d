package io.millrace.index.statistics;

import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.FieldStatistics.ValueCount;
import java.util.ArrayList;
import java.util.List;
import org.apache.datasketches.frequencies.ErrorType;
import org.apache.datasketches.frequencies.ItemsSketch;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.jspecify.annotations.Nullable;

/** What the values of one field are like: how many distinct ones, which are frequent, how numbers are spread. */
final class FieldSketch {
    private static final int DISTINCT_LOG_K = 10;
    private static final int QUANTILES_K = 100;
    private static final int FREQUENT_MAP = 128;
    private static final int FREQUENT_MAX = 64;

    /** Longer texts are hardly what many rows have in common. */
    private static final int TEXT_MAX = 64;

    private final String field;
    private final HllSketch distinct = new HllSketch(DISTINCT_LOG_K, TgtHllType.HLL_4);
    private final ItemsSketch<String> frequent = new ItemsSketch<>(FREQUENT_MAP);
    private final @Nullable KllDoublesSketch quantiles;
    private long present;

    /** @param numbers whether values have an order as numbers */
    FieldSketch(String field, boolean numbers) {
        this.field = field;
        quantiles = numbers ? KllDoublesSketch.newHeapInstance(QUANTILES_K) : null;
    }

    void see(Object value) {
        present++;
        String text = value.toString();
        distinct.update(text);
        if (text.length() <= TEXT_MAX) {
            frequent.update(text);
        }
        if (quantiles != null && value instanceof Number number) {
            quantiles.update(number.doubleValue());
        }
    }

    FieldStatistics result() {
        List<ValueCount> values = new ArrayList<>();
        for (ItemsSketch.Row<String> row : frequent.getFrequentItems(ErrorType.NO_FALSE_POSITIVES)) {
            if (values.size() < FREQUENT_MAX) {
                values.add(new ValueCount(row.getItem(), row.getEstimate()));
            }
        }
        return new FieldStatistics(
                field,
                present,
                distinct.toCompactByteArray(),
                quantiles == null || quantiles.isEmpty() ? new byte[0] : quantiles.toByteArray(),
                values);
    }
}
