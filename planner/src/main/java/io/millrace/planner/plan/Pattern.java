package io.millrace.planner.plan;

import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.predicate.Predicate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear chain of vertices and the relationships between them, resolved: {@code edges.get(i)} leads from
 * {@code vertices.get(i)} to the next. Vertices of one alias are one vertex; a path uses an edge once.
 *
 * @param collections all that a path can touch; labels and hops name their places
 * @param touching how to find every edge of a vertex, by which alone it may exist; empty where each vertex has an edge in
 *     the pattern
 */
public record Pattern(
        List<Vertices> collections, List<PatternVertex> vertices, List<PatternEdge> edges, List<EdgeLookup> touching) {
    public Pattern {
        collections = List.copyOf(collections);
        vertices = List.copyOf(vertices);
        edges = List.copyOf(edges);
        touching = List.copyOf(touching);
        if (edges.size() != vertices.size() - 1) {
            throw new IllegalArgumentException(
                    vertices.size() + " vertices need one relationship less, got " + edges.size());
        }
    }

    /** A pattern each of whose vertices has an edge in it. */
    public Pattern(List<Vertices> collections, List<PatternVertex> vertices, List<PatternEdge> edges) {
        this(collections, vertices, edges, List.of());
    }

    /** Returns the first place of the vertex at {@code place}: an earlier one where that has the same alias. */
    public int first(int place) {
        String alias = vertices.get(place).alias();
        for (int i = 0; i < place; i++) {
            if (alias != null && alias.equals(vertices.get(i).alias())) {
                return i;
            }
        }
        return place;
    }

    /**
     * A vertex of the chain.
     *
     * @param alias null where it is anonymous
     * @param labels the collections that it can be of
     */
    public record PatternVertex(@Nullable String alias, List<Label> labels) {
        public PatternVertex {
            labels = List.copyOf(labels);
        }
    }

    /**
     * A collection that a vertex can be of.
     *
     * @param filter over the fields of its row; where there is no row they are all null
     * @param keys the only canonical keys that it can have; null where all can
     */
    public record Label(
            int collection, Predicate filter, @Nullable List<String> keys) {
        public Label {
            keys = keys == null ? null : List.copyOf(keys);
        }
    }

    /**
     * A relationship of the chain, of {@code least} to {@code most} edges.
     *
     * @param alias null where it is anonymous: parallel edges then give one path
     * @param hops what an edge can be, the direction in which it is followed from left to right included
     * @param every what each edge satisfies
     * @param any what at least one edge satisfies
     */
    public record PatternEdge(
            @Nullable String alias, List<Hop> hops, Predicate every, Predicate any, int least, int most) {
        public PatternEdge {
            hops = List.copyOf(hops);
        }
    }

    /** What a column of the result shows of a path. */
    public sealed interface Binding {}

    /** The key of a vertex. */
    public record VertexKey(int vertex) implements Binding {}

    /** A field of a vertex's row; null where there is no row. */
    public record VertexField(int vertex, String field) implements Binding {}

    /** A property of an edge, of a relationship of exactly one. */
    public record EdgeField(int edge, String field) implements Binding {}

    /** The name of the type of an edge, of a relationship of exactly one. */
    public record EdgeTypeName(int edge) implements Binding {}
}
