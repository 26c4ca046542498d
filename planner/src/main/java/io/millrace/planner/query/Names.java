package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.ColumnContext;
import io.millrace.planner.query.Term.Field;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Finds what the names of a query stand for: {@code column}, or {@code alias.column} where several could be meant. */
final class Names {
    private final List<Relation> relations;
    private final Words words;
    /** Where the score of a relation is named that may have none. */
    private final Map<Field, ParserRuleContext> scores = new LinkedHashMap<>();

    /** Names that mean the same in both relations, because they are joined by them. */
    private final Set<String> equal = new TreeSet<>();

    Names(List<Relation> relations, Words words) {
        this.relations = relations;
        this.words = words;
    }

    /** From now on either name means the first relation's. */
    void equate(Set<String> names) {
        equal.addAll(names);
    }

    static List<String> parts(ColumnContext tree) {
        List<String> parts = new ArrayList<>();
        parts.add(Words.unquoted(tree.reference().getText()));
        tree.name().forEach(name -> parts.add(Words.name(name)));
        return parts;
    }

    /** Returns the field; null where there is none, which is reported. */
    @Nullable Field find(ColumnContext tree) {
        List<String> parts = parts(tree);
        if (isSelf(tree)) {
            return java.util.Objects.requireNonNull(relation(parts.get(0))).key();
        }
        Field found = parts.size() > 1 ? qualified(parts) : null;
        if (found == null) {
            found = plain(tree, String.join(".", parts));
        }
        if (found != null && found.name().equals(Relation.SCORE)) {
            scores.putIfAbsent(found, tree);
        }
        return found;
    }

    /** Returns whether the column is a whole vertex or edge of a pattern. */
    boolean isSelf(ColumnContext tree) {
        List<String> parts = parts(tree);
        Relation relation = relation(parts.get(0));
        return parts.size() == 1 && relation != null && relation.pattern() != null;
    }

    private @Nullable Field qualified(List<String> parts) {
        Relation relation = relation(parts.get(0));
        String name = String.join(".", parts.subList(1, parts.size()));
        return relation == null || !relation.names().containsKey(name) ? null : relation.term(name);
    }

    @Nullable Relation relation(String alias) {
        return relations.stream()
                .filter(relation -> relation.alias().equals(alias))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Field plain(ColumnContext tree, String name) {
        List<Field> found = new ArrayList<>();
        for (Relation relation : relations) {
            if (relation.names().containsKey(name)) {
                found.add(relation.term(name));
            }
        }
        if (found.size() > 1 && name.equals(Relation.SCORE)) {
            found = likeliest(found);
        }
        if (found.isEmpty()) {
            Problem problem = Words.at(tree, ErrorCode.NOT_FOUND_FIELD, "there is no column \"" + name + "\"")
                    .withAllowed(allowed())
                    .withNearest(Nearest.of(name, allowed()));
            boolean quoted = tree.getStart().getText().startsWith("\"");
            words.problems()
                    .add(quoted ? problem.withHint("a text stands in single quotes, a name in double") : problem);
            return null;
        }
        if (found.size() > 1 && !equal.contains(name)) {
            List<String> meant = found.stream()
                    .map(field -> relations.get(field.relation()).alias() + "." + name)
                    .toList();
            words.problems()
                    .add(Words.at(tree, ErrorCode.INVALID_AMBIGUOUS, "several columns \"" + name + "\" could be meant")
                            .withAllowed(meant));
            return null;
        }
        return found.get(0);
    }

    /** What only a search would have gives way to what rows have, and then to what can be searched. */
    private List<Field> likeliest(List<Field> scores) {
        List<Field> given = scores.stream()
                .filter(score -> relations.get(score.relation()).function() != null
                        || !relations.get(score.relation()).isFound(Relation.SCORE))
                .toList();
        return !given.isEmpty()
                ? given
                : scores.stream()
                        .filter(score -> relations.get(score.relation()).names().containsValue(ValueType.VECTOR))
                        .toList();
    }

    private List<String> allowed() {
        TreeSet<String> allowed = new TreeSet<>();
        relations.forEach(relation -> {
            allowed.addAll(relation.names().keySet());
            if (relations.size() > 1) {
                allowed.addAll(relation.qualified());
            }
        });
        return allowed.stream().limit(100).toList();
    }

    /** Returns the VECTOR field that a column names; null where it is none, which is reported. */
    io.millrace.protocol.catalog.@Nullable Field vectorField(ColumnContext tree) {
        Field found = find(tree);
        if (found == null) {
            return null;
        }
        Relation relation = relations.get(found.relation());
        if (found.type() == ValueType.VECTOR && relation.source() == null) {
            words.report(
                    tree,
                    ErrorCode.INVALID_AMBIGUOUS,
                    "\"" + relation.alias() + "\" can be of several collections: give it a label");
            return null;
        }
        if (found.type() != ValueType.VECTOR || relation.function() != null) {
            words.problems()
                    .add(Words.at(
                                    tree,
                                    ErrorCode.INVALID_TYPE,
                                    "\"" + found.name() + "\" is a " + found.type() + ", a search needs a VECTOR")
                            .withAllowed(relation.names().entrySet().stream()
                                    .filter(entry -> entry.getValue() == ValueType.VECTOR)
                                    .map(Map.Entry::getKey)
                                    .toList()));
            return null;
        }
        return relation.fields().schema().field(found.name()).orElse(null);
    }

    /** Reports every score that is named although no search gives one; {@code given} are those that there are. */
    void checkScores(List<Field> given) {
        scores.forEach((field, tree) -> {
            Relation relation = relations.get(field.relation());
            if (relation.function() == null && relation.isFound(Relation.SCORE) && !given.contains(field)) {
                words.report(
                        tree,
                        ErrorCode.NOT_FOUND_FIELD,
                        "there is a score only of rows that a search finds: write NEAR, or order by a metric");
            }
        });
    }
}
