package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.ConditionLexer;
import io.millrace.planner.grammar.ConditionParser;
import io.millrace.planner.grammar.ConditionParser.ConditionContext;
import io.millrace.planner.plan.Condition;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Parses the condition of {@code compute.filter}. */
final class ConditionReader {
    static final int LENGTH_MAX = 10_000;
    static final int NESTING_MAX = 64;

    private final Map<String, JsonNode> parameters;
    private final List<Problem> problems;
    private final String path;

    ConditionReader(Map<String, JsonNode> parameters, List<Problem> problems, String path) {
        this.parameters = parameters;
        this.problems = problems;
        this.path = path;
    }

    /** Returns every name in {@code text} that could be one of a column, qualified or not; nothing is reported. */
    static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        if (text.length() <= LENGTH_MAX) {
            for (Token token : lexer(text).getAllTokens()) {
                if (token.getType() == ConditionLexer.NAME || token.getType() == ConditionLexer.QUOTED) {
                    names.add(name(token.getText()));
                }
            }
        }
        return names;
    }

    /**
     * Returns the condition; null with problems where it is wrong.
     *
     * @param scope null where the columns are unknown because other steps are wrong: then only the syntax is checked
     */
    @Nullable Condition parse(String text, @Nullable ColumnScope scope) {
        if (text.length() > LENGTH_MAX) {
            return report("a condition has at most " + LENGTH_MAX + " characters, got " + text.length());
        }
        if (nesting(text) > NESTING_MAX) {
            return report("a condition is nested at most " + NESTING_MAX + " deep");
        }
        SyntaxErrors errors = new SyntaxErrors(ErrorCode.INVALID_CONDITION);
        ConditionLexer lexer = lexer(text);
        ConditionParser parser = new ConditionParser(new CommonTokenStream(lexer));
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        ConditionContext tree = parser.condition();
        Problem first = errors.first();
        if (first != null) {
            problems.add(first.withPath(path));
            return null;
        }
        return scope == null ? null : new ConditionBuilder(scope, parameters, problems, path).build(tree);
    }

    private static ConditionLexer lexer(String text) {
        ConditionLexer lexer = new ConditionLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        return lexer;
    }

    /** The parser descends once for every parenthesis and every NOT. */
    private static int nesting(String text) {
        int depth = 0;
        int nots = 0;
        int deepest = 0;
        for (Token token : lexer(text).getAllTokens()) {
            if (token.getText().equals("(")) {
                depth++;
            } else if (token.getText().equals(")")) {
                depth--;
            } else if (token.getType() == ConditionLexer.NOT) {
                nots++;
            }
            deepest = Math.max(deepest, depth + nots);
        }
        return deepest;
    }

    static String name(String token) {
        return token.startsWith("`") ? token.substring(1, token.length() - 1).replace("``", "`") : token;
    }

    private @Nullable Condition report(String message) {
        problems.add(Problem.at(ErrorCode.INVALID_CONDITION, path, message));
        return null;
    }
}
