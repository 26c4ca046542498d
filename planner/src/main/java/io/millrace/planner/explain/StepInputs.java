package io.millrace.planner.explain;

import io.millrace.planner.plan.Reading.Members;
import io.millrace.planner.plan.Reading.MembersOfColumn;
import io.millrace.planner.plan.RowQuery;
import io.millrace.planner.plan.RowQuery.OfKeyColumn;
import io.millrace.planner.plan.RowQuery.OfVectorColumn;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeOffset;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Step.FusedList;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.StartAtColumn;
import io.millrace.planner.plan.Step.VectorSearch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whose rows a step takes, which are fewer than the steps that it waits for where it only comes after some. */
final class StepInputs {
    private StepInputs() {}

    /** Returns the places of those steps, in the order that the step names them; one that it takes twice is there twice. */
    static List<Integer> of(Step step) {
        if (step instanceof ComputeFilter filter) {
            return filter.join() == null
                    ? List.of(filter.input())
                    : List.of(filter.input(), filter.join().step());
        }
        if (step instanceof ComputeAggregate aggregate) {
            return List.of(aggregate.input());
        }
        if (step instanceof ComputeTimeline timeline) {
            return List.of(timeline.input());
        }
        if (step instanceof ComputeOffset offset) {
            return List.of(offset.input());
        }
        if (step instanceof ComputeFuse fuse) {
            return fuse.lists().stream().map(FusedList::step).toList();
        }
        if (step instanceof GraphTraverse traverse) {
            return traverse.start() instanceof StartAtColumn at ? List.of(at.step()) : List.of();
        }
        if (step instanceof ComputeRead read) {
            return members(read.reading().members());
        }
        return ofSearch(step);
    }

    private static List<Integer> ofSearch(Step step) {
        List<Integer> places = new ArrayList<>();
        VectorSearch search = null;
        if (step instanceof VectorSearch plain) {
            search = plain;
        } else if (step instanceof RankedSearch ranked) {
            search = ranked.search();
            places.addAll(members(ranked.members()));
        } else if (step instanceof FusedSearch fused) {
            search = fused.search();
        } else if (step instanceof CrossStoreSearch crossStore) {
            search = crossStore.search();
        }
        if (search != null && search.later() instanceof RowQuery query) {
            if (query.row() instanceof OfKeyColumn of) {
                places.add(of.step());
            } else if (query.row() instanceof OfVectorColumn of) {
                places.add(of.step());
            }
        }
        return places;
    }

    private static List<Integer> members(@Nullable Members members) {
        return members instanceof MembersOfColumn of ? List.of(of.step()) : List.of();
    }
}
