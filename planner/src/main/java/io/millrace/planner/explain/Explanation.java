package io.millrace.planner.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An explained plan.
 *
 * @param facts of the whole plan
 * @param measured of the whole answer; empty where the plan did not run
 */
public record Explanation(Facts facts, Facts measured, ExplainNode tree) {
    private static final String MEASURED = "measured";

    /** Returns {@code {…, "measured"?, "tree": {"node", …, "measured"?, "children"?}, "text"}}. */
    public ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        facts.addTo(root);
        addMeasured(measured, root);
        addNode(tree, root.putObject("tree"));
        return root.put("text", text());
    }

    private static void addNode(ExplainNode node, ObjectNode out) {
        out.put("node", node.kind().text());
        node.facts().addTo(out);
        addMeasured(node.measured(), out);
        if (!node.children().isEmpty()) {
            ArrayNode children = out.putArray("children");
            node.children().forEach(child -> addNode(child, children.addObject()));
        }
    }

    private static void addMeasured(Facts measured, ObjectNode out) {
        if (!measured.isEmpty()) {
            measured.addTo(out.putObject(MEASURED));
        }
    }

    /** Returns the facts of the plan and then the tree, a line a fact. */
    public String text() {
        StringBuilder out = new StringBuilder();
        addLines(facts, measured, "", out);
        addNode(tree, "", "", out);
        return out.toString();
    }

    private static void addNode(ExplainNode node, String first, String rest, StringBuilder out) {
        out.append(first).append(node.kind().text()).append('\n');
        boolean leaf = node.children().isEmpty();
        addLines(node.facts(), node.measured(), rest + (leaf ? "   " : "│  "), out);
        int last = node.children().size() - 1;
        for (int i = 0; i <= last; i++) {
            addNode(node.children().get(i), rest + (i < last ? "├─ " : "└─ "), rest + (i < last ? "│  " : "   "), out);
        }
    }

    private static void addLines(Facts facts, Facts measured, String indent, StringBuilder out) {
        facts.forEachLine((name, value) -> line(indent + name, value, out));
        measured.forEachLine((name, value) -> line(indent + MEASURED + "." + name, value, out));
    }

    private static void line(String name, String value, StringBuilder out) {
        out.append(name).append(": ").append(oneLine(value)).append('\n');
    }

    /** What users write may have line ends. */
    static String oneLine(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }
}
