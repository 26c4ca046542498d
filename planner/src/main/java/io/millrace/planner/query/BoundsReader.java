package io.millrace.planner.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.CountContext;
import io.millrace.planner.grammar.MillraceParser.LimitContext;
import io.millrace.planner.query.Query.Bounds;
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
        if (tree.INTEGER() != null) {
            String digits = tree.INTEGER().getText();
            count = digits.length() > 18 ? (Long) Long.MAX_VALUE : (Long) Long.parseLong(digits);
        } else {
            JsonNode node = parameters.get(tree.PARAMETER().getText().substring(1));
            if (node != null && node.isIntegralNumber() && node.canConvertToLong()) {
                count = node.longValue();
            }
        }
        if (count != null && count >= min && count <= rowsMax) {
            return count.intValue();
        }
        words.report(
                tree,
                ErrorCode.INVALID_LIMIT,
                what + " must be an integer from " + min + " to " + rowsMax + ", got " + tree.getText());
        return null;
    }
}
