package io.millrace.planner.run;

import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Merges the rows of a vector search by score and then by id. */
final class SearchTask implements ShardTask {
    private final VectorSearch step;
    private final SearchVectors search;
    private final TopRows rows;
    private final @Nullable String excluded;

    /** @param excluded the key of a row that is left out, for which {@code search} finds one more */
    private SearchTask(VectorSearch step, SearchVectors search, @Nullable String excluded, MemoryMeter memory) {
        this.step = step;
        this.search = search;
        this.excluded = excluded;
        boolean descending = !step.search().metric().ascending();
        rows = new TopRows(Rows.by(1, descending).thenComparing(Rows.by(0, false)), search.k(), memory);
    }

    /** @param vector of the step's text; null where it has none */
    static SearchTask of(VectorSearch step, float @Nullable [] vector, MemoryMeter memory) throws StepFailure {
        TextQuery text = step.text();
        if (text == null || vector == null) {
            return new SearchTask(step, step.search(), null, memory);
        }
        check(step, vector, text.dimension(), "the embedder gives");
        return new SearchTask(
                step, step.search().withQuery(vector, step.search().k()), null, memory);
    }

    /**
     * Searches near a row, whose vector was checked.
     *
     * @param excluded its canonical key where it is left out; null where it is not
     */
    static SearchTask near(VectorSearch step, float[] vector, @Nullable String excluded, MemoryMeter memory) {
        int k = step.search().k() + (excluded == null ? 0 : 1);
        return new SearchTask(step, step.search().withQuery(vector, k), excluded, memory);
    }

    /** @param who whose vector it is, and the verb, as errors say it */
    static void check(VectorSearch step, float[] vector, int dimension, String who) throws StepFailure {
        if (vector.length != dimension) {
            throw new StepFailure(
                    ErrorCode.INVALID_DIMENSION,
                    who + " " + vector.length + " dimensions, field \""
                            + step.search().field() + "\" needs " + dimension);
        }
        if (step.search().metric() == Metric.COSINE && isZero(vector)) {
            throw new StepFailure(
                    ErrorCode.INVALID_VECTOR, who + " a zero vector, which has no direction to compare by cosine");
        }
    }

    private static boolean isZero(float[] vector) {
        for (float component : vector) {
            if (component != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public FragmentOperation start() {
        return search;
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        rows.add(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() {
        List<Object[]> best = rows.sorted().stream()
                .filter(row -> excluded == null || !excluded.equals(String.valueOf(row[0])))
                .limit(step.search().k())
                .toList();
        List<Object[]> rows = step.output().contains(step.rankPlace()) ? ranked(best) : best;
        return new StepTable(Rows.table(step.columns(), rows, step.output(), false), false);
    }

    private static List<Object[]> ranked(List<Object[]> rows) {
        List<Object[]> ranked = new ArrayList<>(rows.size());
        for (Object[] row : rows) {
            Object[] more = Arrays.copyOf(row, row.length + 1);
            more[row.length] = ranked.size() + 1L;
            ranked.add(more);
        }
        return ranked;
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
