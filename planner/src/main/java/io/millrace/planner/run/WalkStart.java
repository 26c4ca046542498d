package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.ScanVertices;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the vertices that a walk starts from: given ones, those of rows, and those that have edges. */
final class WalkStart implements PatternWalk.Stage {
    private final PatternWalk walk;
    private final Pattern pattern;
    private final int place;
    private final Set<Integer> found = new TreeSet<>();
    /** Those of which the shards have seen that they pass. */
    private final Set<Integer> passed = new TreeSet<>();

    private boolean asked;

    WalkStart(PatternWalk walk, int place) {
        this.walk = walk;
        this.place = place;
        pattern = walk.pattern();
    }

    @Override
    public boolean advance() {
        if (asked) {
            walk.follow(this, new WalkCheck(walk, place, found, passed));
            return true;
        }
        asked = true;
        @Nullable List<EdgeLookup> first = firstHops();
        for (Label label : pattern.vertices().get(place).labels()) {
            List<String> keys = label.keys();
            if (keys != null) {
                startAt(label, keys, first != null);
            } else if (RowTest.needsRow(label)) {
                scanRows(label, label.filter(), passed);
            } else if (first != null) {
                scanVertices(label, first);
            } else {
                scanRows(label, Predicate.ALWAYS, found);
                scanVertices(label, pattern.touching());
            }
        }
        return true;
    }

    /** Returns how to find an edge that every path has at the vertex; null where a path may have none there. */
    private @Nullable List<EdgeLookup> firstHops() {
        if (place < pattern.edges().size() && pattern.edges().get(place).least() > 0) {
            return pattern.edges().get(place).hops().stream().map(Hop::lookup).toList();
        }
        if (place > 0 && pattern.edges().get(place - 1).least() > 0) {
            return WalkHops.hops(pattern.edges().get(place - 1), false).stream()
                    .map(Hop::lookup)
                    .toList();
        }
        return null;
    }

    private void startAt(Label label, List<String> keys, boolean hasEdge) {
        if (hasEdge || keys.isEmpty()) {
            keys.forEach(key -> add(label.collection(), key, found));
            return;
        }
        Vertices vertices = pattern.collections().get(label.collection());
        walk.ask(
                new FetchDocuments(vertices.collectionId(), keys, List.of()),
                rows -> rows.forEach(row -> add(label.collection(), row[0].toString(), found)));
        List<EdgeLookup> lookups = new ArrayList<>();
        for (EdgeLookup lookup : pattern.touching()) {
            if (lookup.collection() == label.collection()) {
                lookups.add(new EdgeLookup(0, lookup.edgeTypeId(), lookup.outgoing()));
            }
        }
        if (!lookups.isEmpty()) {
            walk.ask(new CountEdges(keys, lookups), rows -> rows.forEach(row -> addCounted(label, keys, row)));
        }
    }

    private void addCounted(Label label, List<String> keys, Object[] row) {
        for (int i = 1; i < row.length; i++) {
            if ((Long) row[i] > 0) {
                add(label.collection(), keys.get(Math.toIntExact((Long) row[0])), found);
                return;
            }
        }
    }

    private void scanRows(Label label, Predicate filter, Set<Integer> target) {
        long id = pattern.collections().get(label.collection()).collectionId();
        walk.ask(
                new ScanDocuments(
                        new DocumentSelection(id, null, null, filter),
                        List.of(),
                        List.of(),
                        walk.limits().frontierMax()),
                rows -> rows.forEach(row -> add(label.collection(), row[0].toString(), target)));
    }

    private void scanVertices(Label label, List<EdgeLookup> all) {
        List<EdgeLookup> lookups = all.stream()
                .filter(lookup -> lookup.collection() == label.collection())
                .toList();
        if (!lookups.isEmpty()) {
            walk.ask(
                    new ScanVertices(lookups, walk.limits().frontierMax()),
                    rows -> rows.forEach(row -> add(Math.toIntExact((Long) row[0]), row[1].toString(), found)));
        }
    }

    private void add(int collection, String key, Set<Integer> target) {
        boolean intKey = pattern.collections().get(collection).intKey();
        Vertex vertex = Vertex.of(collection, intKey, key);
        if (intKey == vertex.id() instanceof Long) {
            target.add(walk.graph().number(vertex));
        }
    }
}
