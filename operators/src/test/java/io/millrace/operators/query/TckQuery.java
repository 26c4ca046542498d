package io.millrace.operators.query;

import io.millrace.operators.query.CypherText.Chain;
import io.millrace.operators.query.CypherText.Link;
import io.millrace.operators.query.CypherText.Node;
import io.millrace.operators.query.CypherText.UnreadableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A query of a scenario in our language: one MATCH with what it returns. */
final class TckQuery {
    private static final Pattern ONE_MATCH =
            Pattern.compile("(?is)\\s*MATCH\\s(.*?)(?:\\sWHERE\\s(.*?))?\\sRETURN\\s(.*)");
    private static final Pattern NODE_THEN_CHAIN = Pattern.compile("(?is)\\s*MATCH\\s+(\\([^()]*\\))\\s+MATCH\\s(.*)");
    private static final Pattern OTHER_CLAUSES =
            Pattern.compile("(?is).*\\b(OPTIONAL|WITH|UNWIND|MERGE|CREATE|CALL|UNION|SKIP|ORDER|LIMIT|DISTINCT)\\b.*");
    private static final Pattern CONDITION_WORDS = Pattern.compile("(?i)AND|OR|NOT|IS|NULL|TRUE|FALSE|IN|type");

    final TreeSet<String> labels = new TreeSet<>();
    final TreeSet<String> types = new TreeSet<>();
    final TreeSet<String> nodeProperties = new TreeSet<>();
    final TreeSet<String> edgeProperties = new TreeSet<>();
    final List<Shown> shown = new ArrayList<>();
    private final Chain chain;
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();
    private final String where;
    private final List<String> items;

    /** What a column of the result shows. */
    enum Shown {
        NODE,
        EDGE,
        EDGE_TYPE,
        VALUE
    }

    TckQuery(String query) throws TckReason.Exception, UnreadableException {
        String text = joined(query.replaceAll("\\$(?=[0-9])", "\\$p"));
        Matcher parts = ONE_MATCH.matcher(text);
        if (OTHER_CLAUSES.matcher(text).matches() || !parts.matches()) {
            throw TckReason.SEVERAL_CLAUSES.exception();
        }
        String pattern = parts.group(1);
        if (pattern.matches("(?is).*\\sMATCH\\s.*")) {
            throw TckReason.SEVERAL_CLAUSES.exception();
        }
        if (pattern.matches("(?s)\\s*\\w+\\s*=.*")) {
            throw TckReason.PATH.exception();
        }
        List<Chain> chains = CypherText.chains(pattern);
        if (chains.size() > 1) {
            throw TckReason.SEVERAL_CHAINS.exception();
        }
        chain = named(chains.get(0));
        where = parts.group(2) == null ? "" : parts.group(2);
        items = Arrays.stream(parts.group(3).split(",")).map(String::trim).toList();
        for (Node node : chain.nodes()) {
            if (node.labels().size() > 1) {
                throw TckReason.MANY_LABELS.exception();
            }
            labels.addAll(node.labels());
            nodeProperties.addAll(node.properties().keySet());
            nodes.putIfAbsent(String.valueOf(node.alias()), node);
        }
        for (Link link : chain.links()) {
            types.addAll(link.types());
            edgeProperties.addAll(link.properties().keySet());
            links.put(String.valueOf(link.alias()), link);
        }
        checkCondition();
        for (String item : items) {
            addProperties(item);
        }
    }

    /** Puts the node that a first MATCH binds where the second names it. */
    private static String joined(String query) throws UnreadableException {
        Matcher two = NODE_THEN_CHAIN.matcher(query);
        if (!two.matches()) {
            return query;
        }
        String alias = CypherText.chains(two.group(1)).get(0).nodes().get(0).alias();
        String bare = "(" + alias + ")";
        return two.group(2).contains(bare)
                ? "MATCH " + two.group(2).replaceFirst(Pattern.quote(bare), Matcher.quoteReplacement(two.group(1)))
                : query;
    }

    /** Names every relationship: one without a name gives parallel edges one path with us. */
    private static Chain named(Chain chain) {
        List<Link> named = new ArrayList<>();
        for (Link link : chain.links()) {
            String alias = link.alias() == null ? "_r" + named.size() : link.alias();
            named.add(new Link(alias, link.types(), link.range(), link.properties(), link.left(), link.right()));
        }
        return new Chain(chain.nodes(), named);
    }

    private void checkCondition() throws TckReason.Exception {
        String bare = where.replaceAll("'[^']*'", "''");
        if (bare.matches("(?s).*\\b\\w+\\s*:\\s*\\w+.*")) {
            throw TckReason.LABEL_PREDICATE.exception();
        }
        Matcher words = Pattern.compile("(?<![\\w.$])([A-Za-z_]\\w*)(\\.\\w+)?").matcher(bare);
        while (words.find()) {
            boolean known = CONDITION_WORDS.matcher(words.group(1)).matches()
                    || words.group(2) != null
                    || bare.contains("type(" + words.group(1) + ")");
            if (!known) {
                throw TckReason.EXPRESSION.exception();
            }
            if (words.group(2) != null) {
                addProperties(words.group());
            }
        }
    }

    private void addProperties(String item) {
        Matcher property = Pattern.compile("(\\w+)\\.(\\w+).*").matcher(item);
        if (property.matches()) {
            (links.containsKey(property.group(1)) ? edgeProperties : nodeProperties).add(property.group(2));
        }
    }

    /** Returns the statement over the collections and edge types of the graph. */
    String statement(TckGraph graph) throws TckReason.Exception {
        StringBuilder text = new StringBuilder("MATCH ");
        for (int i = 0; i < chain.nodes().size(); i++) {
            Node node = chain.nodes().get(i);
            text.append('(').append(node.alias() == null ? "" : node.alias());
            node.labels().forEach(label -> text.append(":\"").append(label).append('"'));
            text.append(TckGraph.literal(node.properties())).append(')');
            if (i < chain.links().size()) {
                text.append(relationship(chain.links().get(i), graph));
            }
        }
        if (!where.isEmpty()) {
            text.append(" WHERE ").append(condition(graph));
        }
        List<String> columns = new ArrayList<>();
        for (String item : items) {
            columns.add(column(item) + " AS x" + columns.size());
        }
        return text.append(" RETURN ").append(String.join(", ", columns)).toString();
    }

    private String relationship(Link link, TckGraph graph) throws TckReason.Exception {
        List<String> names = link.types().stream()
                .distinct()
                .flatMap(type -> graph.edgeTypes(type).stream())
                .map(name -> '"' + name + '"')
                .toList();
        return (link.left() ? "<-[" : "-[")
                + link.alias()
                + (names.isEmpty() ? "" : ":" + String.join("|", names))
                + (link.range() == null ? "" : "*" + range(link.range(), graph))
                + TckGraph.literal(link.properties())
                + (link.right() ? "]->" : "]-");
    }

    /** No path has more edges than the graph, so that this bound changes nothing. */
    private static String range(String range, TckGraph graph) throws TckReason.Exception {
        if (!range.isEmpty() && !range.endsWith("..")) {
            return range;
        }
        int least = range.length() > 2 ? Integer.parseInt(range.replace("..", "")) : 1;
        int most = Math.max(least, graph.edgeCount());
        if (most > 10) {
            throw TckReason.LENGTH.exception();
        }
        return least + ".." + most;
    }

    private String condition(TckGraph graph) {
        Matcher type = Pattern.compile("type\\((\\w+)\\)\\s*=\\s*'(\\w+)'").matcher(where);
        return type.replaceAll(
                found -> found.group(1) + ".type IN ('" + String.join("', '", graph.edgeTypes(found.group(2))) + "')");
    }

    private String column(String item) throws TckReason.Exception {
        String value = item.split("(?i)\\s+AS\\s+")[0].trim();
        Link link = links.get(value);
        if (nodes.containsKey(value) || link != null) {
            if (link != null && link.range() != null) {
                throw TckReason.EDGE_LIST.exception();
            }
            shown.add(link != null ? Shown.EDGE : Shown.NODE);
            return value + "._key";
        }
        Matcher type = Pattern.compile("type\\((\\w+)\\)").matcher(value);
        if (type.matches()) {
            shown.add(Shown.EDGE_TYPE);
            return type.group(1) + ".type";
        }
        if (!value.matches("\\w+\\.\\w+") && !value.equals("count(*)")) {
            throw TckReason.EXPRESSION.exception();
        }
        shown.add(Shown.VALUE);
        return value;
    }

    /** Returns the cell as openCypher writes it. */
    static String literal(Shown shown, @Nullable Object value, TckGraph graph) {
        if (value == null) {
            return "null";
        }
        return switch (shown) {
            case NODE -> graph.node(value.toString()).literal();
            case EDGE -> graph.edge(value.toString()).literal();
            case EDGE_TYPE -> "'" + value.toString().split("\\.")[0] + "'";
            case VALUE -> value instanceof String ? "'" + value + "'" : value.toString();
        };
    }

    /** Returns an expected cell with properties in the order of their names. */
    static String normal(String cell) throws UnreadableException {
        if (cell.startsWith("(")) {
            Node node = CypherText.chains(cell).get(0).nodes().get(0);
            String label = node.labels().isEmpty() ? "" : ":" + String.join(":", node.labels());
            return ("(" + label + TckGraph.literal(node.properties()) + ")").replace("( ", "(");
        }
        if (cell.startsWith("[:")) {
            Link link = CypherText.chains("()-" + cell + "->()").get(0).links().get(0);
            return "[:" + link.types().get(0) + TckGraph.literal(new LinkedHashMap<>(link.properties())) + "]";
        }
        return cell;
    }
}
