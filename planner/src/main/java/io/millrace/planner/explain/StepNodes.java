package io.millrace.planner.explain;

import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.VectorSearch;

/** Makes the nodes of a step: what is done last is on top. */
final class StepNodes {
    private StepNodes() {}

    static ExplainNode of(Step step, StepView view) {
        if (step instanceof DocumentScan scan) {
            return new ScanNodes(view).scan(scan);
        }
        if (step instanceof DocumentGroups groups) {
            return new ScanNodes(view).groups(groups);
        }
        if (step instanceof IndexStatus status) {
            return new ReadNodes(view).status(status);
        }
        if (step instanceof ComputeRead read) {
            return new ReadNodes(view).read(read.reading());
        }
        if (step instanceof GraphTraverse traverse) {
            return new GraphNodes(view).traverse(traverse);
        }
        if (step instanceof GraphMatch match) {
            return new GraphNodes(view).match(match);
        }
        if (step instanceof CrossStoreSearch search) {
            return new CrossStoreNodes(view, search).node();
        }
        return step.operation().startsWith("compute") ? computed(step, view) : searched(step, view);
    }

    private static ExplainNode searched(Step step, StepView view) {
        SearchNodes nodes = new SearchNodes(view);
        if (step instanceof VectorSearch search) {
            return nodes.search(search);
        }
        if (step instanceof RankedSearch ranked) {
            return nodes.ranked(ranked);
        }
        if (step instanceof FusedSearch fused) {
            return nodes.fused(fused);
        }
        throw new IllegalStateException("no nodes for " + step.getClass());
    }

    private static ExplainNode computed(Step step, StepView view) {
        ComputeNodes nodes = new ComputeNodes(view);
        if (step instanceof ComputeFilter filter) {
            return nodes.filter(filter);
        }
        if (step instanceof ComputeAggregate aggregate) {
            return nodes.aggregate(aggregate);
        }
        if (step instanceof ComputeTimeline timeline) {
            return nodes.timeline(timeline);
        }
        if (step instanceof ComputeFuse fuse) {
            return nodes.fuse(fuse);
        }
        if (step instanceof ComputeOffset offset) {
            return nodes.offset(offset);
        }
        throw new IllegalStateException("no nodes for " + step.getClass());
    }
}
