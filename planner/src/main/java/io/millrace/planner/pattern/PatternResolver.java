package io.millrace.planner.pattern;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.grammar.MillraceParser.EdgeContext;
import io.millrace.planner.grammar.MillraceParser.NameContext;
import io.millrace.planner.grammar.MillraceParser.PatternContext;
import io.millrace.planner.grammar.MillraceParser.RangeContext;
import io.millrace.planner.grammar.MillraceParser.VertexContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.EdgeType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the pattern of a statement: labels are collections, relationship types are edge types. A vertex without a
 * label can be of every collection to which the edges around it lead.
 */
public final class PatternResolver {
    private final Catalog catalog;
    private final Map<String, JsonNode> parameters;
    private final int hopsMax;
    private final ProblemPlace place;
    private final List<Problem> problems;

    /**
     * @param hopsMax edges that a path may have
     * @param problems what is wrong is added to these
     */
    public PatternResolver(
            Catalog catalog,
            Map<String, JsonNode> parameters,
            int hopsMax,
            ProblemPlace place,
            List<Problem> problems) {
        this.catalog = catalog;
        this.parameters = parameters;
        this.hopsMax = hopsMax;
        this.place = place;
        this.problems = problems;
    }

    /**
     * Returns the pattern; null with problems where it cannot be resolved.
     *
     * @param bound the collections of names that the statement has given before
     */
    public @Nullable ResolvedPattern resolve(PatternContext tree, Map<String, String> bound) {
        int before = problems.size();
        List<VertexDraft> vertices = new ArrayList<>();
        tree.vertex().forEach(vertex -> vertices.add(vertex(vertex, bound)));
        List<EdgeDraft> edges = new ArrayList<>();
        tree.edge().forEach(edge -> edges.add(edge(edge)));
        checkHops(tree, edges);
        checkAliases(vertices, edges, bound);
        InlineProperties inline = new InlineProperties(catalog, parameters, place, problems);
        vertices.forEach(inline::narrow);
        edges.forEach(inline::narrow);
        if (problems.size() > before) {
            return null;
        }
        InferredCollections inferred = InferredCollections.of(vertices, edges);
        if (inferred.deadEdge() >= 0) {
            reportDead(vertices, edges, inferred.deadEdge());
            return null;
        }
        return new PatternBuilder(catalog).build(vertices, edges, inferred);
    }

    private VertexDraft vertex(VertexContext tree, Map<String, String> bound) {
        String alias = tree.alias() == null ? null : unquoted(tree.alias().getText());
        String label = tree.name() == null ? null : unquoted(tree.name().getText());
        String known = alias == null ? null : bound.get(alias);
        TreeSet<String> collections = new TreeSet<>(catalog.collections().keySet());
        if (label != null && catalog.collection(label).isEmpty()) {
            notFound(tree.name(), ErrorCode.NOT_FOUND_COLLECTION, "collection", label, collections);
        } else if (label != null && known != null && !known.equals(label)) {
            report(
                    tree.name(),
                    ErrorCode.INVALID_VALUE,
                    "\"" + alias + "\" is a row of collection \"" + known + "\", not of \"" + label + "\"");
        }
        if (label != null || known != null) {
            collections = new TreeSet<>(List.of(label == null ? String.valueOf(known) : label));
        }
        return new VertexDraft(tree, alias, label != null || known != null, collections);
    }

    private EdgeDraft edge(EdgeContext tree) {
        String alias = tree.alias() == null ? null : unquoted(tree.alias().getText());
        List<EdgeType> types = new ArrayList<>();
        for (NameContext name : tree.name()) {
            EdgeType type = catalog.edgeTypes().get(unquoted(name.getText()));
            if (type == null) {
                notFound(
                        name,
                        ErrorCode.NOT_FOUND_EDGE_TYPE,
                        "edge type",
                        unquoted(name.getText()),
                        catalog.edgeTypes().keySet());
            } else if (!types.contains(type)) {
                types.add(type);
            }
        }
        if (tree.name().isEmpty()) {
            new TreeSet<>(catalog.edgeTypes().keySet())
                    .forEach(name -> types.add(catalog.edgeType(name).orElseThrow()));
        }
        boolean left = tree.getStart().getText().equals("<");
        boolean right = tree.getStop().getText().equals(">");
        EdgeDraft draft = new EdgeDraft(tree, alias, types, right || !left, left || !right);
        if (tree.range() != null) {
            readRange(tree.range(), draft);
        }
        return draft;
    }

    private void readRange(RangeContext tree, EdgeDraft draft) {
        if (tree.exact != null) {
            draft.least = count(tree, tree.exact);
            draft.most = draft.least;
            return;
        }
        if (tree.most == null) {
            problems.add(place.at(tree, ErrorCode.INVALID_LIMIT, "a relationship needs an upper bound of its length")
                    .withHint("such as *1.." + hopsMax));
            return;
        }
        draft.least = tree.least == null ? 1 : count(tree, tree.least);
        draft.most = count(tree, tree.most);
        if (draft.least > draft.most) {
            report(
                    tree,
                    ErrorCode.INVALID_VALUE,
                    "a relationship cannot have at least " + draft.least + " and at most " + draft.most + " edges");
        }
    }

    private int count(RangeContext tree, Token token) {
        String digits = token.getText();
        int count = digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (count > hopsMax) {
            report(tree, ErrorCode.INVALID_LIMIT, "at most " + hopsMax + " edges, got " + digits);
            return 1;
        }
        return count;
    }

    private void checkHops(PatternContext tree, List<EdgeDraft> edges) {
        int sum = edges.stream().mapToInt(edge -> Math.max(1, edge.most)).sum();
        if (sum > hopsMax) {
            report(tree, ErrorCode.INVALID_LIMIT, "a path has at most " + hopsMax + " edges, this one " + sum);
        }
    }

    private void checkAliases(List<VertexDraft> vertices, List<EdgeDraft> edges, Map<String, String> bound) {
        Map<String, VertexDraft> named = new HashMap<>();
        for (VertexDraft vertex : vertices) {
            VertexDraft first = vertex.alias == null ? null : named.putIfAbsent(vertex.alias, vertex);
            if (first != null && vertex.labelled && first.labelled && !first.collections.equals(vertex.collections)) {
                report(
                        vertex.tree,
                        ErrorCode.INVALID_VALUE,
                        "\"" + vertex.alias + "\" is of collection " + first.collections + " already");
            }
        }
        TreeSet<String> taken = new TreeSet<>(named.keySet());
        taken.addAll(bound.keySet());
        for (EdgeDraft edge : edges) {
            if (edge.alias != null && !taken.add(edge.alias)) {
                report(edge.tree, ErrorCode.INVALID_NAME, "the name \"" + edge.alias + "\" is taken");
            }
        }
    }

    private void reportDead(List<VertexDraft> vertices, List<EdgeDraft> edges, int at) {
        EdgeDraft edge = edges.get(at);
        List<String> types = edge.types.stream().map(EdgeType::name).toList();
        problems.add(place.at(
                        edge.tree,
                        ErrorCode.INVALID_VALUE,
                        "no edge of " + (types.isEmpty() ? "any type" : String.join(", ", types)) + " can lead from "
                                + describe(vertices.get(at)) + " to " + describe(vertices.get(at + 1)) + " here")
                .withAllowed(edge.types.stream()
                        .map(type -> "(:" + type.fromCollection() + ")-[:" + type.name() + "]->(:" + type.toCollection()
                                + ")")
                        .limit(100)
                        .toList()));
    }

    private static String describe(VertexDraft vertex) {
        return vertex.labelled ? "collection \"" + vertex.collections.first() + "\"" : "such a vertex";
    }

    private void notFound(
            ParserRuleContext tree, ErrorCode code, String kind, String name, Collection<String> existing) {
        problems.add(place.at(tree, code, "there is no " + kind + " \"" + name + "\"")
                .withAllowed(existing.stream().sorted().limit(100).toList())
                .withNearest(Nearest.of(name, existing)));
    }

    private void report(ParserRuleContext tree, ErrorCode code, String message) {
        problems.add(place.at(tree, code, message));
    }

    static String unquoted(String text) {
        return text.startsWith("\"") ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }
}
