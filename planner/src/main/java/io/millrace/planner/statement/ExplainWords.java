package io.millrace.planner.statement;

import io.millrace.planner.grammar.MillraceLexer;
import io.millrace.protocol.ExplainLevel;
import org.antlr.v4.runtime.CharStreams;
import org.jspecify.annotations.Nullable;

/** The words EXPLAIN and EXPLAIN ANALYZE ahead of a statement. */
public final class ExplainWords {
    private ExplainWords() {}

    /** Returns what they ask for, whatever stands behind them; null where they are not there. */
    public static @Nullable ExplainLevel level(String statement) {
        MillraceLexer lexer = new MillraceLexer(CharStreams.fromString(statement));
        lexer.removeErrorListeners();
        if (lexer.nextToken().getType() != MillraceLexer.EXPLAIN) {
            return null;
        }
        return lexer.nextToken().getType() == MillraceLexer.ANALYZE ? ExplainLevel.ANALYZE : ExplainLevel.PLAN;
    }
}
