package io.millrace.planner.run;

import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Step.Vertices;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Keeps of the vertices that a walk has reached those that their place in the pattern can have. */
final class WalkCheck implements PatternWalk.Stage {
    private final PatternWalk walk;
    private final int place;
    private final Set<Integer> reached;
    private final Set<Integer> passed = new TreeSet<>();
    private boolean asked;

    WalkCheck(PatternWalk walk, int place, Set<Integer> reached) {
        this(walk, place, reached, Set.of());
    }

    /** @param passed vertices that need no look */
    WalkCheck(PatternWalk walk, int place, Set<Integer> reached, Set<Integer> passed) {
        this.walk = walk;
        this.place = place;
        this.reached = reached;
        this.passed.addAll(passed);
    }

    @Override
    public boolean advance() {
        if (asked) {
            walk.bind(place, passed);
            return false;
        }
        asked = true;
        for (Label label : walk.pattern().vertices().get(place).labels()) {
            check(label);
        }
        return true;
    }

    private void check(Label label) {
        List<String> given = label.keys();
        Set<String> keys = given == null ? Set.of() : new HashSet<>(given);
        boolean all = label.filter().equals(Predicate.ALWAYS);
        TreeMap<Vertex, Integer> candidates = new TreeMap<>();
        for (int number : reached) {
            Vertex vertex = walk.graph().vertex(number);
            if (vertex.collection() != label.collection() || given != null && !keys.contains(vertex.key())) {
                continue;
            }
            if (all) {
                passed.add(number);
            } else {
                candidates.put(vertex, number);
            }
        }
        if (!candidates.isEmpty()) {
            ask(label, candidates);
        }
    }

    private void ask(Label label, TreeMap<Vertex, Integer> candidates) {
        Vertices vertices = walk.pattern().collections().get(label.collection());
        List<String> keys = candidates.keySet().stream().map(Vertex::key).toList();
        if (RowTest.needsRow(label)) {
            DocumentSelection selection = new DocumentSelection(vertices.collectionId(), null, null, label.filter());
            walk.ask(new FetchDocuments(selection, keys, List.of()), rows -> {
                for (Object[] row : rows) {
                    passed.add(walk.graph().number(new Vertex(label.collection(), row[0])));
                }
            });
            return;
        }
        candidates.forEach((vertex, number) -> {
            if (RowTest.passesWithoutRow(label.filter(), vertex)) {
                passed.add(number);
            }
        });
        // Whether a row is there decides which fields are null, so that only here both can be told apart.
        List<String> fields = List.copyOf(label.filter().fields());
        walk.ask(new FetchDocuments(vertices.collectionId(), keys, fields), rows -> {
            for (Object[] row : rows) {
                judge(label, fields, row);
            }
        });
    }

    private void judge(Label label, List<String> fields, Object[] row) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            values.put(fields.get(i), row[i + 1]);
        }
        int number = walk.graph().number(new Vertex(label.collection(), row[0]));
        if (PredicateEvaluator.matches(label.filter(), values::get)) {
            passed.add(number);
        } else {
            passed.remove(number);
        }
    }
}
