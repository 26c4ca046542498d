package io.millrace.planner.run;

import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.GraphTraverse;
import java.util.List;

/** Knows which rows a run still needs, and gives the bytes of all others back to its budget. */
final class HeldRows {
    private final List<StepRun> steps;
    private final List<Integer> answered;
    private final MemoryMeter memory;

    /** @param answered places of the steps whose rows are in the answer */
    HeldRows(List<StepRun> steps, List<Integer> answered, MemoryMeter memory) {
        this.steps = steps;
        this.answered = List.copyOf(answered);
        this.memory = memory;
    }

    /** Does {@code work} for a step; what the budget grows by is held by the step. When it ends, only its rows are. */
    void count(StepRun step, Runnable work) {
        long before = memory.bytes();
        work.run();
        step.heldBytes += memory.bytes() - before;
        if (step.isEnded()) {
            hold(step, Math.min(step.heldBytes, rowBytes(step)));
        }
    }

    /** Frees the rows that neither the answer nor a later step needs. */
    void free() {
        for (StepRun step : steps) {
            if (step.result != null && !isNeeded(step)) {
                step.result = null;
                giveBack(step);
            }
        }
    }

    private boolean isNeeded(StepRun step) {
        return answered.contains(step.place)
                || steps.stream()
                        .anyMatch(other ->
                                !other.isEnded() && other.step.dependencies().contains(step.place));
    }

    /** Values of the freed rows that stand in rows of steps behind it are theirs from now on. */
    private void giveBack(StepRun freed) {
        long left = freed.heldBytes;
        hold(freed, 0);
        for (StepRun step : steps) {
            if (sharesValues(step, freed)) {
                long taken = Math.min(left, Math.max(0, rowBytes(step) - step.heldBytes));
                hold(step, step.heldBytes + taken);
                left -= taken;
            }
        }
    }

    private boolean sharesValues(StepRun step, StepRun input) {
        boolean shares = step.step instanceof ComputeFilter
                || step.step instanceof ComputeFuse
                || step.step instanceof GraphTraverse
                || isGrouped(input);
        return shares && step.step.dependencies().contains(input.place);
    }

    /** Returns whether the step gives groups that shards have made for steps behind it. */
    private boolean isGrouped(StepRun step) {
        return step.step instanceof DocumentGroups
                || (step.step instanceof ComputeFilter filter
                        && filter.join() == null
                        && isGrouped(steps.get(filter.input())));
    }

    private static long rowBytes(StepRun step) {
        StepTable table = step.result;
        if (table == null) {
            return 0;
        }
        long bytes = MemoryMeter.bytesOf(table.table().rows());
        for (StepTable group : table.groups().values()) {
            bytes += MemoryMeter.bytesOf(group.table().rows());
        }
        return bytes;
    }

    private void hold(StepRun step, long bytes) {
        memory.release(step.heldBytes - bytes);
        step.heldBytes = bytes;
    }
}
