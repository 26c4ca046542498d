package io.millrace.planner.statement;

import io.millrace.planner.grammar.MillraceLexer;
import io.millrace.planner.grammar.MillraceParser;
import io.millrace.planner.grammar.MillraceParser.StatementContext;
import io.millrace.planner.parse.SyntaxErrors;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Makes a syntax tree of a statement. Length, tokens and nesting are bounded before anything is parsed. */
public final class StatementParser {
    public static final String PATH = "$.statement";
    static final int LENGTH_MAX = 100_000;
    static final int TOKENS_MAX = 20_000;
    static final int NESTING_MAX = 64;

    private StatementParser() {}

    /** @throws MillraceException INVALID_STATEMENT with line and column and what was expected there */
    public static StatementContext parse(String text) throws MillraceException {
        if (text.length() > LENGTH_MAX) {
            throw refused("a statement has at most " + LENGTH_MAX + " characters, got " + text.length());
        }
        CommonTokenStream tokens = new CommonTokenStream(lexer(text));
        tokens.fill();
        checkBounds(tokens);
        MillraceParser parser = new MillraceParser(tokens);
        SyntaxErrors errors = new SyntaxErrors(ErrorCode.INVALID_STATEMENT);
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        StatementContext tree = parser.statement();
        Problem first = errors.first();
        if (first != null) {
            throw new MillraceException(first.withPath(PATH));
        }
        return tree;
    }

    /** Returns what EXPLAIN in front of the text asks for; null where there is none. */
    public static @Nullable ExplainLevel explain(String text) {
        MillraceLexer lexer = lexer(text);
        if (lexer.nextToken().getType() != MillraceLexer.EXPLAIN) {
            return null;
        }
        return lexer.nextToken().getType() == MillraceLexer.ANALYZE ? ExplainLevel.ANALYZE : ExplainLevel.PLAN;
    }

    /** Returns whether the text begins as SET does. */
    public static boolean isAssignment(String text) {
        return lexer(text).nextToken().getType() == MillraceLexer.SET;
    }

    private static MillraceLexer lexer(String text) {
        MillraceLexer lexer = new MillraceLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        return lexer;
    }

    private static void checkBounds(CommonTokenStream tokens) throws MillraceException {
        if (tokens.size() > TOKENS_MAX) {
            throw refused("a statement has at most " + TOKENS_MAX + " tokens, got " + tokens.size());
        }
        int depth = 0;
        for (Token token : tokens.getTokens()) {
            switch (token.getText()) {
                case "(", "[", "{" -> depth++;
                case ")", "]", "}" -> depth--;
                default -> {}
            }
            if (depth > NESTING_MAX) {
                throw refused("a statement is nested at most " + NESTING_MAX + " deep");
            }
        }
    }

    private static MillraceException refused(String message) {
        return new MillraceException(Problem.at(ErrorCode.INVALID_STATEMENT, PATH, message));
    }
}
