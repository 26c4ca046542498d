package io.millrace.planner.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs explained plans at DEBUG: a line a node, from the top down, with the same names as in the tree, behind a tag that
 * stays: {@code [plan]}, {@code [ann]} for vector searches, {@code [graph]} for walks, {@code [hybrid]} for both together.
 */
public final class ExplainLog {
    private static final Logger LOG = LoggerFactory.getLogger(ExplainLog.class);

    private ExplainLog() {}

    /** @param explanation is asked for only where the lines are wanted */
    public static void log(String requestId, Supplier<Explanation> explanation) {
        if (LOG.isDebugEnabled()) {
            lines(requestId, explanation.get()).forEach(LOG::debug);
        }
    }

    static List<String> lines(String requestId, Explanation explained) {
        List<String> lines = new ArrayList<>();
        lines.add(line("plan", requestId, "Request", explained.facts(), explained.measured()));
        explained
                .tree()
                .all()
                .forEach(node -> lines.add(
                        line(node.kind().tag(), requestId, node.kind().text(), node.facts(), node.measured())));
        return lines;
    }

    private static String line(String tag, String requestId, String name, Facts facts, Facts measured) {
        StringBuilder line = new StringBuilder()
                .append('[')
                .append(tag)
                .append("] request=")
                .append(quoted(requestId))
                .append(" node=")
                .append(name);
        facts.forEachLine(
                (fact, value) -> line.append(' ').append(fact).append('=').append(quoted(value)));
        measured.forEachLine((fact, value) ->
                line.append(" measured.").append(fact).append('=').append(quoted(value)));
        return line.toString();
    }

    /** What users write cannot make a second line, or another fact. */
    private static String quoted(String value) {
        boolean plain = value.chars().allMatch(c -> Character.isLetterOrDigit(c) || "_.-*:".indexOf(c) >= 0);
        return plain ? value : '"' + Explanation.oneLine(value).replace("\"", "\\\"") + '"';
    }
}
