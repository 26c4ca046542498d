package io.millrace.planner.pattern;

import io.millrace.protocol.catalog.EdgeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which collections the vertices of a chain can be of, and which edges lead between them: every combination that no path
 * can have is left out.
 *
 * @param vertices by vertex of the chain
 * @param ways by relationship, every way of every length in which it can be
 * @param deadEdge the relationship that leaves no path; -1 where there can be some
 */
record InferredCollections(List<TreeSet<String>> vertices, List<List<Way>> ways, int deadEdge) {
    /** An edge as it is followed from left to right. */
    record Way(String from, EdgeType type, boolean outgoing, String to) {}

    static InferredCollections of(List<VertexDraft> vertices, List<EdgeDraft> edges) {
        List<TreeSet<String>> collections = new ArrayList<>();
        vertices.forEach(vertex -> collections.add(new TreeSet<>(vertex.collections)));
        List<List<Way>> ways = edges.stream().map(InferredCollections::ways).toList();
        boolean narrowed = true;
        while (narrowed) {
            narrowed = unify(vertices, collections);
            for (int i = 0; i < edges.size(); i++) {
                narrowed |= narrow(edges.get(i), ways.get(i), collections.get(i), collections.get(i + 1));
                if (collections.get(i).isEmpty() || collections.get(i + 1).isEmpty()) {
                    return new InferredCollections(collections, List.of(), i);
                }
            }
        }
        List<List<Way>> live = new ArrayList<>();
        for (int i = 0; i < edges.size(); i++) {
            live.add(live(edges.get(i), ways.get(i), collections.get(i), collections.get(i + 1)));
        }
        return new InferredCollections(collections, live, -1);
    }

    private static List<Way> ways(EdgeDraft edge) {
        List<Way> ways = new ArrayList<>();
        for (EdgeType type : edge.types) {
            if (edge.outgoing) {
                ways.add(new Way(type.fromCollection(), type, true, type.toCollection()));
            }
            if (edge.incoming) {
                ways.add(new Way(type.toCollection(), type, false, type.fromCollection()));
            }
        }
        return ways;
    }

    /** Gives vertices of one name the collections that all of them can be of, and returns whether that changed any. */
    private static boolean unify(List<VertexDraft> vertices, List<TreeSet<String>> collections) {
        Map<String, TreeSet<String>> common = new HashMap<>();
        boolean changed = false;
        for (int i = 0; i < vertices.size(); i++) {
            String alias = vertices.get(i).alias;
            TreeSet<String> own = collections.get(i);
            TreeSet<String> shared = alias == null ? own : common.computeIfAbsent(alias, name -> new TreeSet<>(own));
            shared.retainAll(own);
        }
        for (int i = 0; i < vertices.size(); i++) {
            TreeSet<String> shared = common.get(String.valueOf(vertices.get(i).alias));
            changed |= shared != null
                    && vertices.get(i).alias != null
                    && collections.get(i).retainAll(shared);
        }
        return changed;
    }

    private static boolean narrow(EdgeDraft edge, List<Way> ways, TreeSet<String> left, TreeSet<String> right) {
        TreeSet<String> reached = new TreeSet<>();
        List<TreeSet<String>> forward = forward(left, ways, edge.most);
        List<TreeSet<String>> backward = backward(right, ways, edge.most);
        TreeSet<String> reaching = new TreeSet<>();
        for (int length = edge.least; length <= edge.most; length++) {
            reached.addAll(forward.get(length));
            reaching.addAll(backward.get(length));
        }
        return left.retainAll(reaching) | right.retainAll(reached);
    }

    private static List<TreeSet<String>> forward(TreeSet<String> left, List<Way> ways, int most) {
        List<TreeSet<String>> levels = new ArrayList<>(List.of(left));
        for (int i = 0; i < most; i++) {
            TreeSet<String> level = new TreeSet<>();
            TreeSet<String> before = levels.get(i);
            ways.stream().filter(way -> before.contains(way.from())).forEach(way -> level.add(way.to()));
            levels.add(level);
        }
        return levels;
    }

    private static List<TreeSet<String>> backward(TreeSet<String> right, List<Way> ways, int most) {
        List<TreeSet<String>> levels = new ArrayList<>(List.of(right));
        for (int i = 0; i < most; i++) {
            TreeSet<String> level = new TreeSet<>();
            TreeSet<String> before = levels.get(i);
            ways.stream().filter(way -> before.contains(way.to())).forEach(way -> level.add(way.from()));
            levels.add(level);
        }
        return levels;
    }

    /** Returns the ways that some path of an allowed length takes. */
    private static List<Way> live(EdgeDraft edge, List<Way> ways, TreeSet<String> left, TreeSet<String> right) {
        List<TreeSet<String>> forward = forward(left, ways, edge.most);
        List<TreeSet<String>> backward = backward(right, ways, edge.most);
        List<Way> live = new ArrayList<>();
        for (Way way : ways) {
            boolean taken = false;
            for (int before = 0; before < edge.most; before++) {
                for (int behind = Math.max(0, edge.least - before - 1); before + behind < edge.most; behind++) {
                    taken |= forward.get(before).contains(way.from())
                            && backward.get(behind).contains(way.to());
                }
            }
            if (taken) {
                live.add(way);
            }
        }
        return live;
    }
}
