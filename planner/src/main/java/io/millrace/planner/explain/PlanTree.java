package io.millrace.planner.explain;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arranges the nodes of steps. Where each step gives its rows to at most one other, a step stands above those whose rows it
 * takes; else the steps stand one behind the other, and name those whose rows they take.
 */
final class PlanTree {
    private final Plan plan;
    private final @Nullable List<StepMeasures> measures;
    private final List<List<Integer>> inputs;

    private PlanTree(Plan plan, @Nullable List<StepMeasures> measures) {
        this.plan = plan;
        this.measures = measures;
        inputs = plan.steps().stream().map(StepInputs::of).toList();
    }

    /** @param measures of each step; null where the plan did not run */
    static ExplainNode of(Plan plan, @Nullable List<StepMeasures> measures) {
        PlanTree tree = new PlanTree(plan, measures);
        List<ExplainNode> nodes = new ArrayList<>();
        if (tree.isTree()) {
            for (int place : tree.roots()) {
                nodes.add(tree.nested(place));
            }
        } else {
            for (int place : tree.order()) {
                nodes.add(tree.flat(place));
            }
        }
        return nodes.size() == 1 ? nodes.get(0) : ExplainNode.of(NodeKind.SEQUENCE, new Facts(), nodes);
    }

    private boolean isTree() {
        Set<Integer> used = new HashSet<>();
        for (int place = 0; place < inputs.size(); place++) {
            for (int input : inputs.get(place)) {
                if (!used.add(input)) {
                    return false;
                }
            }
            if (!waits(place).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Returns the steps that one comes after without taking their rows. */
    private List<Integer> waits(int place) {
        return step(place).dependencies().stream()
                .filter(other -> !inputs.get(place).contains(other))
                .toList();
    }

    private List<Integer> roots() {
        Set<Integer> used = new HashSet<>();
        inputs.forEach(used::addAll);
        List<Integer> roots = new ArrayList<>();
        for (int place = 0; place < inputs.size(); place++) {
            if (!used.contains(place)) {
                roots.add(place);
            }
        }
        return roots;
    }

    /** Returns the steps so that each comes after those that it waits for, in the order of the plan where that is free. */
    private List<Integer> order() {
        Set<Integer> ordered = new java.util.LinkedHashSet<>();
        while (ordered.size() < plan.steps().size()) {
            int before = ordered.size();
            for (int place = 0; place < plan.steps().size(); place++) {
                if (ordered.containsAll(step(place).dependencies())) {
                    ordered.add(place);
                }
            }
            if (ordered.size() == before) {
                throw new IllegalStateException("the steps of plan " + plan.id() + " wait for each other");
            }
        }
        return List.copyOf(ordered);
    }

    private ExplainNode nested(int place) {
        List<ExplainNode> below = inputs.get(place).stream().map(this::nested).toList();
        return node(place, below, head(place));
    }

    private ExplainNode flat(int place) {
        Facts head = head(place).put("inputs", ids(inputs.get(place))).put("after", ids(waits(place)));
        return node(place, List.of(), head);
    }

    private Facts head(int place) {
        return new Facts().put("step", step(place).id()).put("op", step(place).operation());
    }

    private ExplainNode node(int place, List<ExplainNode> below, Facts head) {
        List<StepMeasures> all = measures;
        StepMeasures own = all == null ? null : all.get(place);
        List<Long> rowsIn = all == null
                ? null
                : inputs.get(place).stream().map(input -> all.get(input).rows()).toList();
        StepView view = new StepView(plan, own, below, rowsIn);
        return StepNodes.of(step(place), view).headed(head, own == null ? new Facts() : own.whole());
    }

    private Step step(int place) {
        return plan.steps().get(place);
    }

    private List<String> ids(List<Integer> places) {
        return places.stream().map(place -> step(place).id()).toList();
    }
}
