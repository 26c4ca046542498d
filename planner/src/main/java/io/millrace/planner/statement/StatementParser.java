package io.millrace.planner.statement;

import io.millrace.planner.grammar.MillraceLexer;
import io.millrace.planner.grammar.MillraceParser;
import io.millrace.planner.grammar.MillraceParser.PatternContext;
import io.millrace.planner.grammar.MillraceParser.StatementContext;
import io.millrace.planner.parse.SyntaxErrors;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import java.util.function.Function;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;

/** Makes a syntax tree of a statement. Length, tokens and nesting are bounded before anything is parsed. */
public final class StatementParser {
    public static final String PATH = "$.statement";
    static final int LENGTH_MAX = 100_000;
    static final int TOKENS_MAX = 20_000;
    static final int NESTING_MAX = 64;

    private StatementParser() {}

    /** @throws MillraceException INVALID_STATEMENT with line and column and what was expected there */
    public static StatementContext parse(String text) throws MillraceException {
        return parse(text, PATH, MillraceParser::statement);
    }

    /**
     * Returns the tree of a text that is a pattern and nothing else.
     *
     * @param path where the text stands in a request
     * @throws MillraceException INVALID_STATEMENT with line and column in the text and what was expected there
     */
    public static PatternContext pattern(String text, String path) throws MillraceException {
        return parse(text, path, MillraceParser::onlyPattern).pattern();
    }

    private static <T> T parse(String text, String path, Function<MillraceParser, T> rule) throws MillraceException {
        if (text.length() > LENGTH_MAX) {
            throw refused("a statement has at most " + LENGTH_MAX + " characters, got " + text.length(), path);
        }
        CommonTokenStream tokens = new CommonTokenStream(lexer(text));
        tokens.fill();
        checkBounds(tokens, path);
        MillraceParser parser = new MillraceParser(tokens);
        SyntaxErrors errors = new SyntaxErrors(ErrorCode.INVALID_STATEMENT);
        parser.removeErrorListeners();
        parser.addErrorListener(errors);
        T tree = rule.apply(parser);
        Problem first = errors.first();
        if (first != null) {
            String hint = SyntaxHints.of(text, tokens.getTokens(), errors.offending());
            throw new MillraceException((hint == null ? first : first.withHint(hint)).withPath(path));
        }
        return tree;
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

    private static void checkBounds(CommonTokenStream tokens, String path) throws MillraceException {
        if (tokens.size() > TOKENS_MAX) {
            throw refused("a statement has at most " + TOKENS_MAX + " tokens, got " + tokens.size(), path);
        }
        int depth = 0;
        for (Token token : tokens.getTokens()) {
            switch (token.getText()) {
                case "(", "[", "{" -> depth++;
                case ")", "]", "}" -> depth--;
                default -> {}
            }
            if (depth > NESTING_MAX) {
                throw refused("a statement is nested at most " + NESTING_MAX + " deep", path);
            }
        }
    }

    private static MillraceException refused(String message, String path) {
        return new MillraceException(Problem.at(ErrorCode.INVALID_STATEMENT, path, message));
    }
}
