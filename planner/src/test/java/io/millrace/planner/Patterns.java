package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceLexer;
import io.millrace.planner.grammar.MillraceParser;
import io.millrace.planner.grammar.MillraceParser.PatternContext;
import io.millrace.planner.pattern.PatternResolver;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;

/** Patterns that tests write as text. */
public final class Patterns {
    private Patterns() {}

    /** Returns the pattern, which must be right. */
    public static ResolvedPattern resolve(Catalog catalog, String text) {
        List<Problem> problems = new ArrayList<>();
        ResolvedPattern resolved = resolve(catalog, text, Map.of(), Map.of(), problems);
        if (resolved == null || !problems.isEmpty()) {
            throw new AssertionError(text + ": " + problems);
        }
        return resolved;
    }

    public static @org.jspecify.annotations.Nullable ResolvedPattern resolve(
            Catalog catalog,
            String text,
            Map<String, JsonNode> parameters,
            Map<String, String> bound,
            List<Problem> problems) {
        MillraceParser parser =
                new MillraceParser(new CommonTokenStream(new MillraceLexer(CharStreams.fromString(text))));
        PatternContext tree = parser.pattern();
        if (parser.getNumberOfSyntaxErrors() > 0) {
            throw new AssertionError("cannot parse " + text);
        }
        return new PatternResolver(
                        catalog,
                        parameters,
                        10,
                        (at, code, message) -> Problem.at(code, "$.statement", message)
                                .withDetail("column " + (at.getStart().getCharPositionInLine() + 1)),
                        problems)
                .resolve(tree, bound);
    }
}
