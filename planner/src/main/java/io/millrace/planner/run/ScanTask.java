package io.millrace.planner.run;

import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SortKey;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Merges the rows of a scan, or those of its keys, by its order and then by id. */
final class ScanTask implements ShardTask {
    private final DocumentScan step;
    private final TopRows rows;
    private boolean truncated;

    ScanTask(DocumentScan step, MemoryMeter memory) {
        this.step = step;
        Comparator<Object[]> order = null;
        for (SortKey key : step.orderBy()) {
            Comparator<Object[]> next = Rows.by(place(key.column()), key.descending());
            order = order == null ? next : order.thenComparing(next);
        }
        Comparator<Object[]> byId = Rows.by(0, false);
        rows = new TopRows(
                order == null ? byId : order.thenComparing(byId), step.limit().rows(), memory);
    }

    /** The resolver has made every sort column one that is fetched, but for the key. */
    private int place(String column) {
        return 1 + step.fetch().indexOf(column);
    }

    @Override
    public FragmentOperation start() {
        return step.keys() == null
                ? new ScanDocuments(
                        step.selection(),
                        step.fetch(),
                        step.orderBy(),
                        step.limit().rows())
                : new FetchDocuments(step.selection(), step.keys(), step.fetch());
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        truncated |= partial.truncated();
        rows.add(partial.rows());
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public StepTable finish() {
        boolean cut = truncated || rows.wasCut();
        return new StepTable(
                Rows.table(step.columns(), rows.sorted(), step.output(), cut),
                cut && !step.limit().asked());
    }

    @Override
    public boolean canMissShards() {
        return true;
    }
}
