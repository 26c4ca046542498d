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

/** Reads the stored vector of a row, near which another task then searches. */
final class RowSearchTask implements ShardTask {
    private final VectorSearch step;
    private final RowQuery query;
    private final StoredVector stored;
    private final String key;
    private final Near search;
    private @Nullable Object @Nullable [] found;

    /** What searches near a vector. */
    interface Near {
        /** @param excluded the canonical key of the row that is left out; null for none */
        ShardTask of(float[] vector, @Nullable String excluded) throws StepFailure;
    }

    private RowSearchTask(VectorSearch step, RowQuery query, StoredVector stored, String key, Near search) {
        this.step = step;
        this.query = query;
        this.stored = stored;
        this.key = key;
        this.search = search;
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
    static ShardTask of(VectorSearch step, RowQuery query, @Nullable StepRun finder, Near search) throws StepFailure {
        if (query.row() instanceof OfKey of) {
            return new RowSearchTask(step, query, of.stored(), of.key(), search);
        }
        StepTable input = finder == null ? null : finder.result;
        if (finder == null || input == null) {
            throw new IllegalStateException("step " + step.id() + " has no row to search near");
        }
        List<Object[]> rows = input.table().rows();
        if (rows.isEmpty()) {
            ShardTask none = search.of(step.search().query(), null);
            return new MemberTask(none, step.columns(), List.of(), input.bounded());
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
            return near(step, query, row[of.column()], owner, id == null ? null : id.toString(), search);
        }
        OfKeyColumn of = (OfKeyColumn) query.row();
        Object value = row[of.column()];
        if (value == null) {
            String column = input.table().columns().get(of.column()).name();
            throw new StepFailure(
                    ErrorCode.INVALID_REFERENCE,
                    "column \"" + column + "\" of step \"" + finder.step.id() + "\" names no row to search near");
        }
        return new RowSearchTask(step, query, of.stored(), value.toString(), search);
    }

    private static ShardTask near(
            VectorSearch step, RowQuery query, @Nullable Object vector, String owner, @Nullable String key, Near search)
            throws StepFailure {
        if (vector == null) {
            throw new StepFailure(ErrorCode.INVALID_VECTOR, owner + " has no vector to search near");
        }
        SearchTask.check(step, (float[]) vector, query.dimension(), owner + " has");
        return search.of((float[]) vector, query.excludeSelf() ? key : null);
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
    public void add(PartialResult.Rows partial) {
        if (!partial.rows().isEmpty()) {
            found = partial.rows().get(0);
        }
    }

    @Override
    public @Nullable FragmentOperation next() {
        return null;
    }

    @Override
    public ShardTask successor() throws StepFailure {
        if (found == null) {
            throw missing();
        }
        String owner = "row \"" + key + "\" of collection \"" + stored.collection() + "\"";
        return near(step, query, found[1], owner, String.valueOf(found[0]), search);
    }

    private StepFailure missing() {
        return new StepFailure(
                ErrorCode.INVALID_REFERENCE,
                "collection \"" + stored.collection() + "\" has no row \"" + key + "\" to search near");
    }

    @Override
    public StepTable finish() {
        throw new IllegalStateException("the search gives the rows");
    }

    /** Without the shard of the row there is nothing to search for. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
