package io.millrace.planner.explain;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.predicate.Predicate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A pattern as MATCH has it, with what vertices and edges must satisfy behind WHERE. */
final class PatternText {
    private final Pattern pattern;
    private final BoundedText out = new BoundedText();

    private PatternText(Pattern pattern) {
        this.pattern = pattern;
    }

    static String of(Pattern pattern) {
        PatternText text = new PatternText(pattern);
        text.add(pattern.vertices().get(0));
        for (int i = 0; i < pattern.edges().size(); i++) {
            text.add(pattern.edges().get(i));
            text.add(pattern.vertices().get(i + 1));
        }
        return text.out.toString();
    }

    private void add(PatternVertex vertex) {
        out.add("(").add(vertex.alias() == null ? "" : vertex.alias());
        if (!vertex.labels().isEmpty()) {
            out.add(":").addAll(vertex.labels(), "|", label -> out.add(name(label)));
        }
        boolean several = vertex.labels().size() > 1;
        List<Label> limited = vertex.labels().stream()
                .filter(label -> label.keys() != null || !label.filter().equals(Predicate.ALWAYS))
                .toList();
        if (!limited.isEmpty()) {
            out.add(" WHERE ").addAll(limited, ", ", label -> {
                out.add(several ? name(label) + ": " : "");
                addLimits(label);
            });
        }
        out.add(")");
    }

    private void addLimits(Label label) {
        boolean filtered = !label.filter().equals(Predicate.ALWAYS);
        if (label.keys() != null) {
            out.add("key IN ").addValues(label.keys()).add(filtered ? " AND " : "");
        }
        if (filtered) {
            PredicateText.addTo(label.filter(), out);
        }
    }

    private String name(Label label) {
        return pattern.collections().get(label.collection()).collection();
    }

    private void add(PatternEdge edge) {
        boolean forth = edge.hops().stream().anyMatch(hop -> hop.lookup().outgoing());
        boolean back = edge.hops().stream().anyMatch(hop -> !hop.lookup().outgoing());
        out.add(back && !forth ? "<-[" : "-[").add(edge.alias() == null ? "" : edge.alias());
        Set<String> types = new LinkedHashSet<>();
        edge.hops().stream().map(Hop::edgeType).forEach(types::add);
        if (!types.isEmpty()) {
            out.add(":").addAll(types, "|", out::add);
        }
        out.add(range(edge));
        boolean every = !edge.every().equals(Predicate.ALWAYS);
        boolean any = !edge.any().equals(Predicate.ALWAYS);
        if (every) {
            out.add(" WHERE every ");
            PredicateText.addTo(edge.every(), out);
        }
        if (any) {
            out.add(every ? " AND any " : " WHERE any ");
            PredicateText.addTo(edge.any(), out);
        }
        out.add(forth && !back ? "]->" : "]-");
    }

    private static String range(PatternEdge edge) {
        if (edge.least() == edge.most()) {
            return edge.most() == 1 ? "" : "*" + edge.most();
        }
        return "*" + edge.least() + ".." + edge.most();
    }
}
