package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.CountContext;
import io.millrace.planner.grammar.MillraceParser.LimitContext;
import io.millrace.planner.parse.Parameters;
import io.millrace.planner.query.Query.Bounds;
import io.millrace.planner.statement.StatementParser;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads LIMIT and OFFSET. */
final class BoundsReader {
    private final Map<String, JsonNode> parameters;
    private final Words words;
    private final int rowsMax;

    BoundsReader(Map<String, JsonNode> parameters, Words words, int rowsMax) {
        this.parameters = parameters;
        this.words = words;
        this.rowsMax = rowsMax;
    }

    Bounds read(LimitContext tree) {
        boolean limitFirst = tree.LIMIT() != null
                && (tree.OFFSET() == null
                        || tree.LIMIT().getSymbol().getTokenIndex()
                                < tree.OFFSET().getSymbol().getTokenIndex());
        CountContext limitTree = tree.LIMIT() == null ? null : tree.count(limitFirst ? 0 : 1);
        CountContext offsetTree = tree.OFFSET() == null ? null : tree.count(limitFirst ? 1 : 0);
        Integer limit = limitTree == null ? null : count(limitTree, "LIMIT", 1);
        Integer offset = offsetTree == null ? (Integer) 0 : count(offsetTree, "OFFSET", 0);
        int skipped = offset == null ? 0 : offset;
        if (limit != null && limit + skipped > rowsMax) {
            words.report(
                    tree,
                    ErrorCode.INVALID_LIMIT,
                    "LIMIT and OFFSET together are at most " + rowsMax + ", got " + (limit + skipped));
        }
        return new Bounds(limit, skipped);
    }

    private @Nullable Integer count(CountContext tree, String what, int min) {
        Long count = null;
        String shown = tree.getText();
        if (tree.INTEGER() != null) {
            String digits = tree.INTEGER().getText();
            count = digits.length() > 18 ? (Long) Long.MAX_VALUE : (Long) Long.parseLong(digits);
        } else {
            String name = shown.substring(1);
            JsonNode node = parameters.get(name);
            if (node == null) {
                words.add(tree, Parameters.missing(name, null, parameters.keySet(), StatementParser.PATH));
                return null;
            }
            if (node.isIntegralNumber() && node.canConvertToLong()) {
                count = node.longValue();
            }
            shown = "parameter \"" + name + "\" = " + Parameters.shown(node);
        }
        if (count != null && count >= min && count <= rowsMax) {
            return count.intValue();
        }
        words.report(
                tree,
                ErrorCode.INVALID_LIMIT,
                what + " must be an integer from " + min + " to " + rowsMax + ", got " + shown);
        return null;
    }
}
