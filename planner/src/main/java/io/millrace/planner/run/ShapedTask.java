package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Reading.Computed;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Filters, orders and cuts the whole rows of a computed type, and keeps the columns that are asked for. */
final class ShapedTask implements ShardTask {
    private final ShardTask source;
    private final Computed read;
    private final List<Column> result;
    private final @Nullable Set<String> members;

    /**
     * @param source gives rows with all columns of the type, in the order of rows that compare equal
     * @param result the columns of the step
     * @param members the only keys that rows may have; null for all
     */
    ShapedTask(ShardTask source, Computed read, List<Column> result, @Nullable List<String> members) {
        this.source = source;
        this.read = read;
        this.result = result;
        this.members = members == null ? null : new HashSet<>(members);
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return source.start();
    }

    @Override
    public void add(PartialResult.Rows rows) throws StepFailure {
        source.add(rows);
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        return source.next();
    }

    @Override
    public StepTable finish() throws StepFailure {
        StepTable whole = source.finish();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < read.columns().size(); i++) {
            places.put(read.columns().get(i).name(), i);
        }
        List<Object[]> rows = new ArrayList<>();
        for (Object[] row : whole.table().rows()) {
            if (isMember(row) && passes(row, places)) {
                rows.add(row);
            }
        }
        Comparator<Object[]> order = order();
        if (order != null) {
            rows.sort(order);
        }
        boolean cut = whole.table().truncated() || rows.size() > read.limit().rows();
        List<Object[]> kept = rows.subList(0, Math.min(rows.size(), read.limit().rows()));
        boolean bounded = whole.bounded() || (cut && !read.limit().asked());
        return new StepTable(Rows.table(result, kept, read.output(), cut), bounded);
    }

    private boolean isMember(Object[] row) {
        return members == null || members.contains(row[read.keyColumn()].toString());
    }

    private boolean passes(@Nullable Object[] row, Map<String, Integer> places) {
        Predicate.Row fields = name -> {
            Integer place = places.get(name);
            return place == null ? null : row[place];
        };
        return PredicateEvaluator.matches(read.filter(), fields);
    }

    private @Nullable Comparator<Object[]> order() {
        Comparator<Object[]> order = null;
        for (OrderKey key : read.orderBy()) {
            Comparator<Object[]> next = Rows.by(key.column(), key.descending());
            order = order == null ? next : order.thenComparing(next);
        }
        return order;
    }

    @Override
    public boolean canMissShards() {
        return source.canMissShards();
    }

    @Override
    public Measures measures() {
        return source.measures();
    }
}
