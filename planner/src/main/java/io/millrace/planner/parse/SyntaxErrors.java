package io.millrace.planner.parse;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.Vocabulary;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.jspecify.annotations.Nullable;

/** Keeps the first syntax error: what follows it is mostly its consequence. */
public final class SyntaxErrors extends BaseErrorListener {
    private static final int ALLOWED_MAX = 24;

    private final ErrorCode code;
    private @Nullable Problem first;
    private @Nullable Token offending;

    public SyntaxErrors(ErrorCode code) {
        this.code = code;
    }

    /** Returns the first error; null where the text was understood. */
    public @Nullable Problem first() {
        return first;
    }

    /** Returns where the first error is; null where the text was understood. */
    public @Nullable Token offending() {
        return offending;
    }

    @Override
    public void syntaxError(
            Recognizer<?, ?> recognizer,
            @Nullable Object offendingSymbol,
            int line,
            int column,
            String message,
            @Nullable RecognitionException cause) {
        if (first != null) {
            return;
        }
        offending = offendingSymbol instanceof Token at ? at : null;
        String found = offendingSymbol instanceof Token token ? describe(token) : "something unreadable";
        List<String> expected = recognizer instanceof Parser parser ? expected(parser, cause) : List.of();
        Problem problem = Problem.of(code, "unexpected " + found + " at line " + line + ", column " + (column + 1))
                .withDetail("line " + line + ", column " + (column + 1))
                .withAllowed(expected);
        first = offendingSymbol instanceof Token token && token.getType() != Token.EOF
                ? problem.withNearest(Nearest.of(token.getText(), expected))
                : problem;
    }

    private static String describe(Token token) {
        return token.getType() == Token.EOF ? "end" : "\"" + JsonObject.shortened(token.getText()) + "\"";
    }

    private static List<String> expected(Parser parser, @Nullable RecognitionException cause) {
        IntervalSet tokens = cause == null ? parser.getExpectedTokens() : cause.getExpectedTokens();
        List<String> names = new ArrayList<>();
        if (tokens != null) {
            tokens.toList().forEach(type -> names.add(name(parser.getVocabulary(), type)));
        }
        return names.stream().distinct().sorted().limit(ALLOWED_MAX).toList();
    }

    private static String name(Vocabulary vocabulary, int type) {
        if (type == Token.EOF) {
            return "end";
        }
        String literal = vocabulary.getLiteralName(type);
        if (literal != null) {
            return literal.substring(1, literal.length() - 1).toUpperCase(Locale.ROOT);
        }
        return vocabulary.getSymbolicName(type);
    }
}
