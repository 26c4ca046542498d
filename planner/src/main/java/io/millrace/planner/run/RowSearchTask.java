package io.millrace.planner.run;

import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.RowQuery.OfKey;
import io.millrace.planner.plan.RowQuery.OfKeyColumn;
import io.millrace.planner.plan.RowQuery.OfVectorColumn;
import io.millrace.planner.plan.RowQuery.Row;
import io.millrace.planner.plan.RowQuery.StoredVector;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.PartialResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the stored vector of a row, and then searches near it. */
final class RowSearchTask implements ShardTask {
    private final VectorSearch step;
    private final RowQuery query;
    private final StoredVector stored;
    private final String key;
    private final MemoryMeter memory;
    private @Nullable Object @Nullable [] found;
    private @Nullable SearchTask search;
    private boolean searched;

    private RowSearchTask(VectorSearch step, RowQuery query, StoredVector stored, String key, MemoryMeter memory) {
        this.step = step;
        this.query = query;
        this.stored = stored;
        this.key = key;
        this.memory = memory;
    }

    /** Returns the place of the step that finds the row; -1 for none. */
    static int step(RowQuery query) {
        Row row = query.row();
        return row instanceof OfKeyColumn of ? of.step() : row instanceof OfVectorColumn of ? of.step() : -1;
    }

    /**
     * Returns the task; one that asks nobody where the other step has no row.
     *
     * @param finder the step that finds the row; null where its key is given
     */
    static ShardTask of(VectorSearch step, RowQuery query, @Nullable StepRun finder, MemoryMeter memory)
            throws StepFailure {
        if (query.row() instanceof OfKey of) {
            return new RowSearchTask(step, query, of.stored(), of.key(), memory);
        }
        StepTable input = finder == null ? null : finder.result;
        if (finder == null || input == null) {
            throw new IllegalStateException("step " + step.id() + " has no row to search near");
        }
        List<Object[]> rows = input.table().rows();
        if (rows.isEmpty()) {
            return new MemberTask(SearchTask.of(step, null, memory), step.columns(), List.of(), input.bounded());
        }
        if (rows.size() > 1) {
            throw new StepFailure(
                    ErrorCode.INVALID_AMBIGUOUS,
                    "step \"" + finder.step.id() + "\" has " + rows.size()
                            + " rows, and a search is near one: let it have one, by its filter or limit");
        }
        @Nullable Object[] row = rows.get(0);
        if (query.row() instanceof OfVectorColumn of) {
            Object id = of.keyColumn() < 0 ? null : row[of.keyColumn()];
            String owner = "the row of step \"" + finder.step.id() + "\"";
            return near(step, query, row[of.column()], owner, id == null ? null : id.toString(), memory);
        }
        OfKeyColumn of = (OfKeyColumn) query.row();
        Object value = row[of.column()];
        if (value == null) {
            String column = input.table().columns().get(of.column()).name();
            throw new StepFailure(
                    ErrorCode.INVALID_REFERENCE,
                    "column \"" + column + "\" of step \"" + finder.step.id() + "\" names no row to search near");
        }
        return new RowSearchTask(step, query, of.stored(), value.toString(), memory);
    }

    private static SearchTask near(
            VectorSearch step,
            RowQuery query,
            @Nullable Object vector,
            String owner,
            @Nullable String key,
            MemoryMeter memory)
            throws StepFailure {
        if (vector == null) {
            throw new StepFailure(ErrorCode.INVALID_VECTOR, owner + " has no vector to search near");
        }
        SearchTask.check(step, (float[]) vector, query.dimension(), owner + " has");
        return SearchTask.near(step, (float[]) vector, query.excludeSelf() ? key : null, memory);
    }

    /** What is no number is the key of no row. */
    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        Object id = Vertex.of(0, stored.intKey(), key).id();
        if (stored.intKey() != id instanceof Long) {
            throw missing();
        }
        return new FetchDocuments(stored.collectionId(), List.of(id.toString()), List.of(stored.field()));
    }

    @Override
    public void add(PartialResult.Rows partial) throws StepFailure {
        if (search != null) {
            searched = true;
            search.add(partial);
        } else if (!partial.rows().isEmpty()) {
            found = partial.rows().get(0);
        }
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        if (search != null) {
            return search.next();
        }
        if (found == null) {
            throw missing();
        }
        String owner = "row \"" + key + "\" of collection \"" + stored.collection() + "\"";
        search = near(step, query, found[1], owner, String.valueOf(found[0]), memory);
        return search.start();
    }

    private StepFailure missing() {
        return new StepFailure(
                ErrorCode.INVALID_REFERENCE,
                "collection \"" + stored.collection() + "\" has no row \"" + key + "\" to search near");
    }

    @Override
    public StepTable finish() throws StepFailure {
        if (search == null) {
            throw missing();
        }
        return search.finish();
    }

    /** Without the shard of the row there is nothing to search for. */
    @Override
    public boolean canMissShards() {
        return searched;
    }
}
