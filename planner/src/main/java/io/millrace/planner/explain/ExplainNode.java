package io.millrace.planner.explain;

import io.millrace.planner.plan.RowLimit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one part of a plan does.
 *
 * @param facts what the plan says, and what was estimated
 * @param measured what was found when it ran; empty where it did not run, or where only a node above knows
 * @param children what gives it its rows
 */
public record ExplainNode(NodeKind kind, Facts facts, Facts measured, List<ExplainNode> children) {
    public ExplainNode {
        children = List.copyOf(children);
    }

    static ExplainNode of(NodeKind kind, Facts facts, ExplainNode... children) {
        return new ExplainNode(kind, facts, new Facts(), Arrays.asList(children));
    }

    static ExplainNode of(NodeKind kind, Facts facts, List<ExplainNode> children) {
        return new ExplainNode(kind, facts, new Facts(), children);
    }

    ExplainNode measuring(Facts found) {
        return new ExplainNode(kind, facts, found, children);
    }

    /** Returns the same node with facts ahead of its own; of two that were measured by one name, those ahead hold. */
    ExplainNode headed(Facts ahead, Facts measuredAhead) {
        return new ExplainNode(
                kind,
                new Facts().putAll(ahead).putAll(facts),
                new Facts().putAll(measuredAhead).putAll(measured).putAll(measuredAhead),
                children);
    }

    /** Returns the same node with children behind its own. */
    ExplainNode over(List<ExplainNode> more) {
        List<ExplainNode> all = new ArrayList<>(children);
        all.addAll(more);
        return new ExplainNode(kind, facts, measured, all);
    }

    /** Returns a node that takes the rows of this one: how many, where that is known. */
    ExplainNode under(NodeKind above, Facts itsFacts) {
        Facts itsMeasured = new Facts();
        if (measured.values().get("rows_out") instanceof Long rows) {
            itsMeasured.put("rows_in", rows);
            if (above == NodeKind.SORT) {
                itsMeasured.put("rows_out", rows);
            }
        }
        return of(above, itsFacts, this).measuring(itsMeasured);
    }

    /** Returns the same node with the bound on its rows that nobody asked for. */
    ExplainNode bounded(RowLimit limit) {
        Facts more = new Facts().putAll(facts).put("rows_max", limit.rows());
        return new ExplainNode(kind, more, measured, children);
    }

    /** Returns this node and all below, from the top down. */
    public Stream<ExplainNode> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(ExplainNode::all));
    }
}
