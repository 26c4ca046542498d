package io.millrace.planner.statement;

import io.millrace.planner.grammar.MillraceLexer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Says of mistakes that are often made what would do. */
final class SyntaxHints {
    private static final Set<String> WRITES = Set.of("insert", "update", "upsert", "delete", "merge", "replace");
    private static final Set<String> JOINS = Set.of("left", "right", "full", "cross", "outer", "natural");
    /** An arrow without brackets, which is a comment from its second dash on. */
    private static final Pattern ARROW = Pattern.compile("\\)\\s*<?--");

    private SyntaxHints() {}

    /** @param offending where the text could not be understood */
    static @Nullable String of(String text, List<Token> tokens, @Nullable Token offending) {
        if (offending == null) {
            return null;
        }
        String word = offending.getText().toLowerCase(Locale.ROOT);
        if (offending.getType() == MillraceLexer.UNKNOWN && (word.equals("'") || word.equals("\""))) {
            return (word.equals("'") ? "the text" : "the name") + " that begins here does not end";
        }
        if (ARROW.matcher(text).find()) {
            return "-- begins a comment: write a relationship as -[]->, <-[]- or -[]-";
        }
        int place = offending.getTokenIndex();
        if (place == 0 && WRITES.contains(word)) {
            return "rows and edges are written as events, not by statements";
        }
        if (JOINS.contains(word)) {
            return "there is but JOIN … ON a.x = b.y, which keeps the rows that have a match";
        }
        return place == 0 ? null : behind(tokens.get(place - 1).getType());
    }

    private static @Nullable String behind(int before) {
        return switch (before) {
            case MillraceLexer.LIMIT, MillraceLexer.OFFSET ->
                "it takes an integer that is not negative, or a parameter";
            case MillraceLexer.NEAR -> "it takes a vector, as in NEAR $v or NEAR [0.1, 0.2]";
            default -> null;
        };
    }
}
