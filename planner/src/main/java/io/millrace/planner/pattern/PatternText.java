package io.millrace.planner.pattern;

import io.millrace.planner.grammar.MillraceParser.PatternContext;
import io.millrace.planner.grammar.MillraceParser.VertexContext;
import io.millrace.planner.parse.PatternReader;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.statement.StatementParser;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Reads patterns in plans, in the words of statements. */
public final class PatternText implements PatternReader {
    @Override
    public @Nullable Matched read(String text, @Nullable String anchor, @Nullable String collection, Place place) {
        PatternContext tree;
        try {
            tree = StatementParser.pattern(text, place.path());
        } catch (MillraceException e) {
            place.problems().addAll(e.problems());
            return null;
        }
        int vertex = anchor == null ? 0 : vertex(tree, anchor);
        if (vertex < 0) {
            place.problems()
                    .add(Problem.at(
                            ErrorCode.INVALID_REFERENCE, place.path(), "the pattern has no vertex \"" + anchor + "\""));
            return null;
        }
        String name = alias(tree.vertex(vertex));
        Map<String, String> bound = collection == null || name == null ? Map.of() : Map.of(name, collection);
        ProblemPlace located = (at, code, message) -> located(at, code, message, place.path());
        ResolvedPattern resolved = new PatternResolver(
                        place.catalog(), place.parameters(), place.hopsMax(), located, place.problems())
                .resolve(tree, bound);
        if (resolved == null) {
            return null;
        }
        if (collection != null && !isOf(resolved, vertex, collection)) {
            place.problems()
                    .add(located.at(
                            tree.vertex(vertex),
                            ErrorCode.INVALID_VALUE,
                            "the anchor must be a vertex of collection \"" + collection + "\""));
            return null;
        }
        return new Read(resolved, vertex);
    }

    private static Problem located(ParserRuleContext at, ErrorCode code, String message, String path) {
        int column = at.getStart().getCharPositionInLine() + 1;
        return Problem.at(code, path, message)
                .withDetail("line " + at.getStart().getLine() + ", column " + column);
    }

    private static boolean isOf(ResolvedPattern resolved, int vertex, String collection) {
        List<Label> labels = resolved.pattern().vertices().get(vertex).labels();
        return labels.size() == 1
                && resolved.schemas().get(labels.get(0).collection()).name().equals(collection);
    }

    private static int vertex(PatternContext tree, String anchor) {
        for (int i = 0; i < tree.vertex().size(); i++) {
            if (anchor.equals(alias(tree.vertex(i)))) {
                return i;
            }
        }
        return -1;
    }

    private static @Nullable String alias(VertexContext vertex) {
        if (vertex.alias() == null) {
            return null;
        }
        String text = vertex.alias().getText();
        return text.startsWith("\"") ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }

    /** A pattern whose names are known. */
    private record Read(ResolvedPattern resolved, int anchor) implements Matched {
        @Override
        public Pattern pattern() {
            return resolved.pattern();
        }

        @Override
        public Set<String> names() {
            Set<String> names = new LinkedHashSet<>();
            resolved.aliases().values().stream().filter(PatternAlias::one).forEach(alias -> names.add(alias.name()));
            return names;
        }

        @Override
        public Set<String> fields(String name) {
            Set<String> fields = new LinkedHashSet<>(alias(name).fields().keySet());
            fields.removeAll(alias(name).ambiguous());
            return fields;
        }

        @Override
        public ValueType type(String name, @Nullable String field) {
            return field == null
                    ? alias(name).type()
                    : Objects.requireNonNull(alias(name).fields().get(field));
        }

        @Override
        public Binding binding(String name, @Nullable String field) {
            return field == null
                    ? alias(name).self()
                    : Objects.requireNonNull(alias(name).field(field));
        }

        private PatternAlias alias(String name) {
            return Objects.requireNonNull(resolved.alias(name));
        }
    }
}
