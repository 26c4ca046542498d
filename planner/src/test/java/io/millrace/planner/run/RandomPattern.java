package io.millrace.planner.run;

import io.millrace.planner.Samples;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A small random graph, a random pattern over it, and every path of it, found by trying all. */
final class RandomPattern {
    static final Catalog CATALOG = catalog();

    private final Random random;
    private final FakeShards fake;
    private final Map<Node, Map<String, Object>> nodes = new TreeMap<>();
    private final List<Arc> arcs = new ArrayList<>();
    final List<VertexSpec> vertices = new ArrayList<>();
    final List<EdgeSpec> edges = new ArrayList<>();

    record Node(String collection, String key) implements Comparable<Node> {
        @Override
        public int compareTo(Node other) {
            return toString().compareTo(other.toString());
        }
    }

    record Arc(String type, Node from, Node to, @Nullable String id, int since) {}

    record VertexSpec(
            String alias,
            @Nullable String label,
            @Nullable String name,
            @Nullable String key) {}

    record EdgeSpec(
            @Nullable String alias,
            List<String> types,
            char direction,
            int least,
            int most,
            @Nullable Integer every,
            @Nullable Integer any) {
        boolean one() {
            return least == 1 && most == 1;
        }
    }

    /**
     * @param vertices by place
     * @param arcs by relationship those of the path
     */
    record Path(List<Node> vertices, List<List<Arc>> arcs) {}

    private static Catalog catalog() {
        Catalog catalog = Samples.catalog();
        for (String statement : List.of(
                "CREATE EDGE TYPE LIKES FROM Person TO Game (since INT)",
                "CREATE EDGE TYPE BEFORE FROM Game TO Game (since INT)")) {
            catalog = Samples.after(catalog, "ddl-" + catalog.version(), statement);
        }
        return catalog;
    }

    RandomPattern(long seed) {
        this(new Random(seed));
        int length = random.nextInt(4);
        for (int i = 0; i <= length; i++) {
            vertices.add(vertexSpec(i));
            if (i < length) {
                edges.add(edgeSpec(i));
            }
        }
    }

    /** Returns a pattern from persons to games, one end of which is named: no edge can be two of its relationships. */
    static RandomPattern chain(long seed) {
        RandomPattern chain = new RandomPattern(new Random(seed));
        chain.addChain();
        return chain;
    }

    private RandomPattern(Random random) {
        this.random = random;
        fake = new FakeShards(3, CATALOG);
        for (int i = 0; i < 5; i++) {
            addRow("Person", "" + i);
        }
        for (int i = 0; i < 3; i++) {
            addRow("Game", "g" + i);
        }
        int count = 4 + random.nextInt(10);
        for (int i = 0; i < count; i++) {
            addArc();
        }
    }

    private void addChain() {
        List<String> types = List.of("KNOWS", "LIKES", "BEFORE");
        int first = random.nextInt(3);
        int last = first + random.nextInt(3 - first);
        int named = random.nextBoolean() ? first : last + 1;
        int range = first + random.nextInt(3);
        for (int i = first; i <= last + 1; i++) {
            String key = i != named ? null : (i < 2 ? person() : game()).key;
            String name = random.nextInt(4) == 0 ? name() : null;
            vertices.add(new VertexSpec("v" + i, i < 2 ? "Person" : "Game", name, key));
            if (i <= last) {
                boolean isRange = i == range && i != 1;
                int least = isRange ? random.nextInt(2) : 1;
                Integer every = random.nextInt(4) == 0 ? random.nextInt(3) : null;
                char direction = i == 1 || isRange ? '>' : "><-".charAt(random.nextInt(3));
                List<String> type = List.of(types.get(i));
                edges.add(new EdgeSpec(null, type, direction, least, isRange ? 3 : 1, every, null));
            }
        }
    }

    /** Of the vertices that have no row some have edges. */
    private void addRow(String collection, String key) {
        if (random.nextInt(4) > 0) {
            Map<String, Object> fields = Map.of(collection.equals("Person") ? "name" : "title", name());
            nodes.put(new Node(collection, key), fields);
            fake.put(collection, key, fields);
        }
    }

    private void addArc() {
        String type = List.of("KNOWS", "LIKES", "BEFORE").get(random.nextInt(3));
        Node from = type.equals("BEFORE") ? game() : person();
        Node to = type.equals("KNOWS") ? person() : game();
        String id = random.nextInt(3) == 0 ? "e" + random.nextInt(3) : null;
        boolean exists = arcs.stream()
                .anyMatch(arc -> arc.type.equals(type)
                        && arc.from.equals(from)
                        && arc.to.equals(to)
                        && java.util.Objects.equals(arc.id, id));
        if (!exists) {
            int since = random.nextInt(3);
            arcs.add(new Arc(type, from, to, id, since));
            nodes.putIfAbsent(from, Map.of());
            nodes.putIfAbsent(to, Map.of());
            fake.link(type, from.key, to.key, id, Map.of("since", (long) since));
        }
    }

    private Node person() {
        return new Node("Person", "" + random.nextInt(5));
    }

    private Node game() {
        return new Node("Game", "g" + random.nextInt(3));
    }

    private String name() {
        return random.nextBoolean() ? "x" : "y";
    }

    private VertexSpec vertexSpec(int place) {
        if (place > 1 && random.nextInt(5) == 0) {
            return new VertexSpec("v" + random.nextInt(place), null, null, null);
        }
        String label = random.nextInt(3) == 0 ? null : random.nextInt(3) == 0 ? "Game" : "Person";
        String name = label != null && random.nextInt(4) == 0 ? name() : null;
        String key = label != null && random.nextInt(6) == 0 ? (label.equals("Person") ? person() : game()).key : null;
        return new VertexSpec("v" + place, label, name, key);
    }

    private EdgeSpec edgeSpec(int place) {
        Set<String> types = new LinkedHashSet<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            types.add(List.of("KNOWS", "LIKES", "BEFORE").get(random.nextInt(3)));
        }
        int least = random.nextInt(3) > 0 ? 1 : random.nextInt(3);
        int most = random.nextInt(3) > 0 ? least : least + random.nextInt(3);
        String alias = random.nextBoolean() ? "r" + place : null;
        return new EdgeSpec(
                alias,
                List.copyOf(types),
                "><-".charAt(random.nextInt(3)),
                least,
                most,
                random.nextInt(6) == 0 ? (Integer) random.nextInt(3) : null,
                alias != null && random.nextInt(3) == 0 ? (Integer) random.nextInt(3) : null);
    }

    FakeShards shards() {
        return fake;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < vertices.size(); i++) {
            VertexSpec vertex = vertices.get(i);
            text.append('(').append(vertex.alias).append(vertex.label == null ? "" : ":" + vertex.label);
            List<String> properties = new ArrayList<>();
            if (vertex.name != null) {
                properties.add(("Person".equals(vertex.label) ? "name" : "title") + ": '" + vertex.name + "'");
            }
            if (vertex.key != null) {
                properties.add("id: '" + vertex.key + "'");
            }
            text.append(properties.isEmpty() ? ")" : " {" + String.join(", ", properties) + "})");
            if (i < edges.size()) {
                text.append(text(edges.get(i)));
            }
        }
        return text.toString();
    }

    private static String text(EdgeSpec edge) {
        String range =
                edge.one() ? "" : edge.least == edge.most ? "*" + edge.least : "*" + edge.least + ".." + edge.most;
        return (edge.direction == '<' ? "<-[" : "-[")
                + (edge.alias == null ? "" : edge.alias)
                + (edge.types.isEmpty() ? "" : ":" + String.join("|", edge.types))
                + range
                + (edge.every == null ? "" : " {since: " + edge.every + "}")
                + (edge.direction == '>' ? "]->" : "]-");
    }

    /** Returns every path, each once: a named relationship gives one for each parallel edge, another one for all. */
    List<Path> paths() {
        Map<List<Object>, Path> distinct = new HashMap<>();
        for (Node node : nodes.keySet()) {
            if (fits(vertices.get(0), node)) {
                go(new ArrayList<>(List.of(node)), new ArrayList<>(), distinct);
            }
        }
        return List.copyOf(distinct.values());
    }

    private void go(List<Node> at, List<List<Arc>> arcs, Map<List<Object>, Path> found) {
        if (arcs.size() == edges.size()) {
            Path path =
                    new Path(List.copyOf(at), arcs.stream().map(List::copyOf).toList());
            found.putIfAbsent(identity(path), path);
            return;
        }
        along(at, at.get(at.size() - 1), new ArrayList<>(), arcs, found);
    }

    private void along(
            List<Node> at, Node node, List<Arc> taken, List<List<Arc>> before, Map<List<Object>, Path> found) {
        EdgeSpec edge = edges.get(before.size());
        boolean any = edge.any == null || taken.stream().anyMatch(arc -> arc.since == edge.any);
        if (taken.size() >= edge.least && any && fits(vertices.get(at.size()), node) && sameAlias(at, node)) {
            List<Node> next = new ArrayList<>(at);
            next.add(node);
            List<List<Arc>> all = new ArrayList<>(before);
            all.add(new ArrayList<>(taken));
            go(next, all, found);
        }
        if (taken.size() == edge.most) {
            return;
        }
        for (Arc arc : arcs) {
            boolean used = taken.contains(arc) || before.stream().anyMatch(list -> list.contains(arc));
            boolean fits = (edge.types.isEmpty() || edge.types.contains(arc.type))
                    && (edge.every == null || edge.every == arc.since);
            Set<Node> ends = new LinkedHashSet<>();
            if (arc.from.equals(node) && edge.direction != '<') {
                ends.add(arc.to);
            }
            if (arc.to.equals(node) && edge.direction != '>') {
                ends.add(arc.from);
            }
            if (!used && fits) {
                for (Node end : ends) {
                    taken.add(arc);
                    along(at, end, taken, before, found);
                    taken.remove(taken.size() - 1);
                }
            }
        }
    }

    private boolean fits(VertexSpec vertex, Node node) {
        return (vertex.label == null || vertex.label.equals(node.collection))
                && (vertex.key == null || vertex.key.equals(node.key))
                && (vertex.name == null || nodes.getOrDefault(node, Map.of()).containsValue(vertex.name));
    }

    private boolean sameAlias(List<Node> at, Node node) {
        for (int i = 0; i < at.size(); i++) {
            if (vertices.get(i).alias.equals(vertices.get(at.size()).alias)
                    && !at.get(i).equals(node)) {
                return false;
            }
        }
        return true;
    }

    private List<Object> identity(Path path) {
        List<Object> identity = new ArrayList<>(path.vertices);
        for (int i = 0; i < edges.size(); i++) {
            Node at = path.vertices.get(i);
            identity.add(path.arcs.get(i).size());
            for (Arc arc : path.arcs.get(i)) {
                at = arc.from.equals(at) ? arc.to : arc.from;
                identity.add(at);
                if (edges.get(i).alias != null) {
                    identity.add(arc);
                }
            }
        }
        return identity;
    }
}
