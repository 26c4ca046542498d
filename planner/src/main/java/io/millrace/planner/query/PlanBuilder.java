package io.millrace.planner.query;

import io.millrace.planner.parse.ColumnNames;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.StepHead;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Puts the steps of a plan together; the last one is the answer of the statement. */
final class PlanBuilder {
    private final long timeoutMs;
    private final List<Draft> drafts = new ArrayList<>();

    private record Draft(
            String label, List<Integer> dependencies, List<Column> columns, Function<StepHead, Step> maker) {}

    /** @param timeoutMs of every step */
    PlanBuilder(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /**
     * Adds a step and returns its place.
     *
     * @param label what its id begins with
     */
    int add(String label, List<Integer> dependencies, List<Column> columns, Function<StepHead, Step> maker) {
        List<Integer> ordered = dependencies.stream().distinct().sorted().toList();
        drafts.add(new Draft(label, ordered, columns, maker));
        return drafts.size() - 1;
    }

    List<Column> columns(int place) {
        return drafts.get(place).columns();
    }

    /** Gives the columns of the last step other names. */
    void nameResult(List<String> names) {
        Draft last = drafts.remove(drafts.size() - 1);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            columns.add(new Column(names.get(i), last.columns().get(i).type()));
        }
        drafts.add(new Draft(last.label(), last.dependencies(), columns, last.maker()));
    }

    /** Returns columns for values, each name once: fields have their own where nothing else has. */
    static List<Column> columns(List<Value> values, List<Relation> relations) {
        ColumnNames names = new ColumnNames();
        for (Value value : values) {
            if (value instanceof Field field) {
                names.add(
                        field.name(),
                        field.type(),
                        relations.get(field.relation()).alias());
            } else if (value instanceof Term.Aggregate aggregate) {
                names.add(aggregate.function().name().toLowerCase(java.util.Locale.ROOT), value.type(), "group");
            } else {
                names.add(Relation.SCORE, value.type(), "search");
            }
        }
        return List.copyOf(names.list());
    }

    Plan build(List<Problem> warnings) {
        Map<String, Integer> labels = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        for (Draft draft : drafts) {
            int number = labels.merge(draft.label(), 1, Integer::sum);
            String id = number == 1 ? draft.label() : draft.label() + number;
            boolean last = steps.size() == drafts.size() - 1;
            steps.add(draft.maker()
                    .apply(new StepHead(
                            last ? PlannedRequest.RESULT : id, draft.dependencies(), timeoutMs, draft.columns())));
        }
        return new Plan(null, steps, List.of(), warnings);
    }
}
