package io.millrace.operators.query;

import io.millrace.operators.query.CypherText.Chain;
import io.millrace.operators.query.CypherText.Link;
import io.millrace.operators.query.CypherText.Node;
import io.millrace.operators.query.CypherText.UnreadableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The graph of a scenario as collections, edge types and events: a label is a collection. */
final class TckGraph {
    /** The collection of nodes without a label. */
    static final String UNLABELLED = "Unlabelled";

    private final List<GraphNode> nodes = new ArrayList<>();
    private final List<GraphEdge> edges = new ArrayList<>();
    private final TreeSet<String> labels = new TreeSet<>();
    private final TreeMap<String, String> nodeFields = new TreeMap<>();
    private final TreeMap<String, String> edgeFields = new TreeMap<>();

    record GraphNode(String label, Map<String, String> properties) {
        String literal() {
            return ("(" + (label.equals(UNLABELLED) ? "" : ":" + label) + TckGraph.literal(properties) + ")")
                    .replace("( ", "(");
        }
    }

    record GraphEdge(String type, int from, int to, Map<String, String> properties) {
        String literal() {
            return "[:" + type + TckGraph.literal(properties) + "]";
        }
    }

    /** Makes the graph of CREATE clauses. */
    static TckGraph of(List<String> setup) throws UnreadableException, TckReason.Exception {
        TckGraph graph = new TckGraph();
        graph.labels.add(UNLABELLED);
        for (String statement : setup) {
            if (statement.matches("(?is).*\\b(WITH|UNWIND|MERGE|SET|FOREACH|MATCH)\\b.*")) {
                throw TckReason.SETUP.exception();
            }
            Map<String, Integer> aliases = new HashMap<>();
            for (String clause : statement.split("\\bCREATE\\b")) {
                if (!clause.isBlank()) {
                    for (Chain chain : CypherText.chains(clause)) {
                        graph.add(chain, aliases);
                    }
                }
            }
        }
        return graph;
    }

    private void add(Chain chain, Map<String, Integer> aliases) throws TckReason.Exception {
        List<Integer> places = new ArrayList<>();
        for (Node node : chain.nodes()) {
            places.add(node(node, aliases));
        }
        for (int i = 0; i < chain.links().size(); i++) {
            Link link = chain.links().get(i);
            int left = places.get(i);
            int right = places.get(i + 1);
            addFields(link.properties(), edgeFields);
            edges.add(new GraphEdge(
                    link.types().get(0), link.left() ? right : left, link.left() ? left : right, link.properties()));
        }
    }

    private int node(Node node, Map<String, Integer> aliases) throws TckReason.Exception {
        Integer known = node.alias() == null ? null : aliases.get(node.alias());
        if (known != null) {
            return known;
        }
        if (node.labels().size() > 1) {
            throw TckReason.MANY_LABELS.exception();
        }
        String label = node.labels().isEmpty() ? UNLABELLED : node.labels().get(0);
        labels.add(label);
        addFields(node.properties(), nodeFields);
        nodes.add(new GraphNode(label, node.properties()));
        if (node.alias() != null) {
            aliases.put(node.alias(), nodes.size() - 1);
        }
        return nodes.size() - 1;
    }

    private static void addFields(Map<String, String> properties, Map<String, String> fields)
            throws TckReason.Exception {
        for (Map.Entry<String, String> property : properties.entrySet()) {
            String type = type(property.getValue());
            String before = fields.putIfAbsent(property.getKey(), type);
            if (before != null && !before.equals(type)) {
                throw TckReason.TYPES.exception();
            }
        }
    }

    private static String type(String literal) {
        return literal.startsWith("'")
                ? "STRING"
                : literal.matches("-?[0-9]+") ? "INT" : literal.contains(".") ? "DOUBLE" : "BOOLEAN";
    }

    /** Makes room for what a query names. */
    void know(TreeSet<String> queryLabels, TreeSet<String> nodeProperties, TreeSet<String> edgeProperties) {
        labels.addAll(queryLabels);
        nodeProperties.forEach(name -> nodeFields.putIfAbsent(name, "STRING"));
        edgeProperties.forEach(name -> edgeFields.putIfAbsent(name, "STRING"));
    }

    int edgeCount() {
        return edges.size();
    }

    GraphNode node(String key) {
        return nodes.get(Integer.parseInt(key.substring(1)));
    }

    GraphEdge edge(String key) {
        return edges.get(Integer.parseInt(key.substring(1)));
    }

    /** Returns the edge types that a relationship type became, one for each pair of labels; one without edges if none. */
    List<String> edgeTypes(String type) {
        TreeSet<String> names = new TreeSet<>();
        edges.stream().filter(edge -> edge.type().equals(type)).forEach(edge -> names.add(name(edge)));
        return names.isEmpty() ? List.of(name(type, UNLABELLED, UNLABELLED)) : List.copyOf(names);
    }

    private String name(GraphEdge edge) {
        return name(
                edge.type(),
                nodes.get(edge.from()).label(),
                nodes.get(edge.to()).label());
    }

    private static String name(String type, String from, String to) {
        return type + "." + from + "." + to;
    }

    /** @param types of relationships that the query names */
    void build(OneThreadJob job, TreeSet<String> types) {
        String fields = columns(nodeFields);
        labels.forEach(label -> job.run("CREATE COLLECTION \"" + label + "\" (_key STRING PRIMARY KEY" + fields + ")"));
        TreeMap<String, List<String>> ends = new TreeMap<>();
        edges.forEach(edge -> ends.put(
                name(edge),
                List.of(nodes.get(edge.from()).label(), nodes.get(edge.to()).label())));
        types.forEach(type -> edgeTypes(type).forEach(name -> ends.putIfAbsent(name, List.of(UNLABELLED, UNLABELLED))));
        if (ends.isEmpty()) {
            ends.put(name("NONE", UNLABELLED, UNLABELLED), List.of(UNLABELLED, UNLABELLED));
        }
        ends.forEach((name, pair) -> job.run("CREATE EDGE TYPE \"" + name + "\" FROM \"" + pair.get(0) + "\" TO \""
                + pair.get(1) + "\" (_key STRING" + columns(edgeFields) + ")"));
        for (int i = 0; i < nodes.size(); i++) {
            job.upsert(
                    nodes.get(i).label(), "n" + i, values("n" + i, nodes.get(i).properties()));
        }
        for (int i = 0; i < edges.size(); i++) {
            GraphEdge edge = edges.get(i);
            job.link(name(edge), "n" + edge.from(), "n" + edge.to(), "e" + i, values("e" + i, edge.properties()));
        }
    }

    private static String columns(Map<String, String> fields) {
        StringBuilder columns = new StringBuilder();
        fields.forEach((name, type) ->
                columns.append(", \"").append(name).append("\" ").append(type));
        return columns.toString();
    }

    private static Map<String, Object> values(String key, Map<String, String> properties) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("_key", key);
        properties.forEach((name, literal) -> values.put(name, Objects.requireNonNull(value(literal))));
        return values;
    }

    /** Returns the value that openCypher writes so. */
    static @Nullable Object value(String literal) {
        return switch (type(literal)) {
            case "STRING" -> literal.substring(1, literal.length() - 1);
            case "INT" -> Long.valueOf(literal);
            case "DOUBLE" -> Double.valueOf(literal);
            default -> literal.equals("null") ? null : Boolean.valueOf(literal);
        };
    }

    /** Returns how openCypher writes properties, in the order of their names. */
    static String literal(Map<String, String> properties) {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(properties).forEach((name, value) -> parts.add(name + ": " + value));
        return parts.isEmpty() ? "" : " {" + String.join(", ", parts) + "}";
    }
}
