package io.millrace.planner.query;

import io.millrace.planner.grammar.MillraceParser.PatternContext;
import io.millrace.planner.grammar.MillraceParser.VertexContext;
import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.pattern.PatternResolver;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pattern in WHERE: rows must be bound by it, or must not.
 *
 * @param relation whose rows these are
 * @param anchor their place in the pattern
 */
record AnchoredPattern(Relation relation, Pattern pattern, int anchor, boolean negated) {
    /** Returns the test; null where the pattern is wrong, which is reported. */
    static @Nullable AnchoredPattern read(
            PatternContext tree, boolean negated, List<Relation> relations, PatternResolver resolver, Words words) {
        Relation relation = relations.get(0);
        boolean named = false;
        for (VertexContext vertex : tree.vertex()) {
            for (Relation each : relations) {
                if (!named && each.alias().equals(alias(vertex))) {
                    relation = each;
                    named = true;
                }
            }
        }
        String collection = relation.fields().schema().name();
        String first = alias(tree.vertex(0));
        Map<String, String> bound =
                named ? Map.of(relation.alias(), collection) : first == null ? Map.of() : Map.of(first, collection);
        ResolvedPattern resolved = resolver.resolve(tree, bound);
        if (resolved == null) {
            return null;
        }
        PatternAlias anchor = named ? resolved.alias(relation.alias()) : first == null ? null : resolved.alias(first);
        int place = anchor == null ? 0 : anchor.place();
        List<Pattern.Label> labels = resolved.pattern().vertices().get(place).labels();
        boolean own = labels.size() == 1
                && resolved.schemas().get(labels.get(0).collection()).name().equals(collection);
        if (!own) {
            words.report(
                    tree.vertex(place),
                    ErrorCode.INVALID_VALUE,
                    "the pattern must say which vertex the rows are: name one \"" + relation.alias() + "\"");
            return null;
        }
        return new AnchoredPattern(relation, resolved.pattern(), place, negated);
    }

    /** Returns what rows are compared with. */
    PatternFilter filter() {
        return new PatternFilter(pattern, anchor, negated);
    }

    private static @Nullable String alias(VertexContext vertex) {
        return vertex.alias() == null ? null : Words.unquoted(vertex.alias().getText());
    }
}
