package io.millrace.planner.query;

import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.query.Term.Score;
import io.millrace.planner.query.Term.Value;
import io.millrace.planner.statement.StatementParser;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reports what can be read but not planned. */
final class QueryChecks {
    private static final int SCORES_MAX = 10;

    private final Query query;
    private final SearchChoice choice;
    private final Words words;

    QueryChecks(Query query, SearchChoice choice, Words words) {
        this.query = query;
        this.choice = choice;
        this.words = words;
    }

    /** @param needed what rows must have */
    void run(List<Value> needed, Names names) {
        Leader leader = choice.leader();
        names.checkScores(
                leader == null
                        ? List.of()
                        : List.of(new Field(leader.relation().place(), Relation.SCORE, ValueType.DOUBLE)));
        Set<Value> all = asked(needed);
        all.forEach(this::checkEdges);
        boolean told = query.settings().strategy() != null || query.settings().fusion() != null;
        boolean oneVector = leader != null && leader.fusion() == null;
        if (told && !(choice.hybrid() && oneVector)) {
            report(
                    ErrorCode.INVALID_STATEMENT,
                    "a strategy or a fusion is for NEAR and MATCH on the rows of one collection, beside conditions on its"
                            + " fields");
        }
        long scored = all.stream().filter(Score.class::isInstance).count();
        if (scored > SCORES_MAX) {
            report(
                    ErrorCode.INVALID_LIMIT,
                    "a statement has at most " + SCORES_MAX + " different scores, got " + scored);
        }
    }

    private Set<Value> asked(List<Value> needed) {
        Set<Value> all = new LinkedHashSet<>(needed);
        for (Clause clause : query.conjuncts()) {
            boolean pushed =
                    query.relations().stream().anyMatch(relation -> new Pushdown(relation).predicate(clause) != null);
            if (!pushed) {
                clause.collect(all);
            }
        }
        return all;
    }

    private void checkEdges(Value value) {
        PatternAlias alias = value instanceof Field field
                ? query.relations().get(field.relation()).pattern()
                : null;
        if (alias != null && !alias.one()) {
            report(
                    ErrorCode.INVALID_STATEMENT,
                    "\"" + alias.name() + "\" stands for several edges: it can be asked for in WHERE, apart from other"
                            + " names, and not shown");
        }
    }

    private void report(ErrorCode code, String message) {
        words.problems().add(Problem.at(code, StatementParser.PATH, message));
    }
}
