package io.millrace.planner.run;

import io.millrace.planner.plan.Step.TextQuery;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import org.jspecify.annotations.Nullable;

/** Merges the rows of a vector search by score and then by id. */
final class SearchTask implements ShardTask {
    private final VectorSearch step;
    private final SearchVectors search;
    private final TopRows rows;

    private SearchTask(VectorSearch step, SearchVectors search, MemoryMeter memory) {
        this.step = step;
        this.search = search;
        boolean descending = !step.search().metric().ascending();
        rows = new TopRows(
                Rows.by(1, descending).thenComparing(Rows.by(0, false)),
                step.search().k(),
                memory);
    }

    /** @param vector of the step's text; null where it has none */
    static SearchTask of(VectorSearch step, float @Nullable [] vector, MemoryMeter memory) throws StepFailure {
        TextQuery text = step.text();
        if (text == null || vector == null) {
            return new SearchTask(step, step.search(), memory);
        }
        if (vector.length != text.dimension()) {
            throw new StepFailure(
                    ErrorCode.INVALID_DIMENSION,
                    "the embedder gives " + vector.length + " dimensions, field \""
                            + step.search().field() + "\" needs " + text.dimension());
        }
        if (step.search().metric() == Metric.COSINE && isZero(vector)) {
            throw new StepFailure(
                    ErrorCode.INVALID_VECTOR,
                    "the embedder gives a zero vector, which has no direction to compare by cosine");
        }
        return new SearchTask(step, step.search().withQuery(vector), memory);
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
        return new StepTable(Rows.table(step.columns(), rows.sorted(), step.output(), false), false);
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
