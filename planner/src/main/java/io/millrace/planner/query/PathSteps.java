package io.millrace.planner.query;

import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.Join;
import io.millrace.planner.plan.Step.JoinType;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Value;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Makes the steps that find paths. */
final class PathSteps {
    private final Query query;
    private final PlanBuilder steps;

    PathSteps(Query query, PlanBuilder steps) {
        this.query = query;
        this.steps = steps;
    }

    /**
     * Finds the paths of a pattern, and asks it for as much of the condition as it can take.
     *
     * @param filters what shards can ask of each relation
     */
    Rows paths(ResolvedPattern resolved, List<Value> needed, List<Predicate> filters, RowLimit limit) {
        ResolvedPattern narrowed = resolved;
        for (Relation relation : query.relations()) {
            Predicate filter = filters.get(relation.place());
            PatternAlias alias = relation.pattern();
            if (alias != null && !filter.equals(Predicate.ALWAYS)) {
                narrowed = narrowed.and(alias, filter);
            }
        }
        Pattern pattern = narrowed.pattern();
        List<Binding> output = new ArrayList<>();
        needed.forEach(value -> output.add(binding((Field) value)));
        int step = steps.add(
                "paths",
                List.of(),
                PlanBuilder.columns(needed, query.relations()),
                head -> new Step.GraphMatch(head, pattern, output, limit));
        return new Rows(step, needed);
    }

    private Binding binding(Field field) {
        PatternAlias alias =
                Objects.requireNonNull(query.relations().get(field.relation()).pattern());
        Binding found = field.name().equals(Relation.SELF) ? alias.self() : alias.field(field.name());
        return Objects.requireNonNull(found, "a column of " + alias.name());
    }

    /** Keeps the rows that the pattern binds, or the others. */
    Rows bound(Rows rows, AnchoredPattern match, RowLimit limit) {
        Field key = match.relation().key();
        int step = steps.add(
                "paths",
                List.of(),
                PlanBuilder.columns(List.of(key), query.relations()),
                head -> new Step.GraphMatch(head, match.pattern(), List.of(new VertexKey(match.anchor())), limit));
        JoinType type = match.negated() ? JoinType.ANTI : JoinType.SEMI;
        return new Rows(rows.step(), rows.values(), new Join(step, type, List.of(rows.place(key)), List.of(0)));
    }
}
