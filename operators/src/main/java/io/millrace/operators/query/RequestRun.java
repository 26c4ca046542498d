package io.millrace.operators.query;

import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.run.CommandRun;
import io.millrace.planner.run.PlanRun;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.ShardOutput;
import java.util.Map;
import java.util.TreeSet;

/** A request under way at its coordinator: a plan that runs, or a change of the catalog that is waited for. */
final class RequestRun {
    private final PlannedRequest request;
    private final int attempt;
    private final Work work;
    /** The timers that are set for it, epoch ms. */
    private final TreeSet<Long> timersMs = new TreeSet<>();

    private long memoryBytes;

    /** What is under way. */
    private sealed interface Work {}

    private record PlanWork(PlanRun run) implements Work {}

    private record CommandWork(CommandRun run) implements Work {}

    RequestRun(PlannedRequest request, int attempt, PlanRun run) {
        this.request = request;
        this.attempt = attempt;
        work = new PlanWork(run);
    }

    RequestRun(PlannedRequest request, int attempt, CommandRun run) {
        this.request = request;
        this.attempt = attempt;
        work = new CommandWork(run);
    }

    PlannedRequest request() {
        return request;
    }

    int attempt() {
        return attempt;
    }

    TreeSet<Long> timersMs() {
        return timersMs;
    }

    void start(long nowMs, long nanoTime) {
        if (work instanceof PlanWork plan) {
            plan.run.start(nowMs, nanoTime);
        } else {
            ((CommandWork) work).run.start(nanoTime);
        }
    }

    /** Takes what a shard or planner says. */
    void accept(ShardOutput message, long nowMs, long nanoTime) {
        if (work instanceof PlanWork plan && message instanceof Partial partial) {
            plan.run.onPartial(partial, nowMs, nanoTime);
        } else if (work instanceof CommandWork command && message instanceof ControlApplied applied) {
            command.run.onApplied(applied);
        }
    }

    void onVector(String text, float[] vector, long nowMs, long nanoTime) {
        if (work instanceof PlanWork plan) {
            plan.run.onVector(text, vector, nowMs, nanoTime);
        }
    }

    void onNoVector(String text, Problem why, long nowMs, long nanoTime) {
        if (work instanceof PlanWork plan) {
            plan.run.onNoVector(text, why, nowMs, nanoTime);
        }
    }

    void onTimer(long nowMs, long nanoTime) {
        if (work instanceof PlanWork plan) {
            plan.run.onTimer(nowMs, nanoTime);
        } else {
            ((CommandWork) work).run.onTimer(nowMs);
        }
    }

    long nextTimerMs() {
        return work instanceof PlanWork plan ? plan.run.nextTimerMs() : ((CommandWork) work).run.nextTimerMs();
    }

    boolean isDone() {
        return work instanceof PlanWork plan ? plan.run.isDone() : ((CommandWork) work).run.isDone();
    }

    Response response(long nowMs, long nanoTime, Map<String, Long> endOffsets) {
        return work instanceof PlanWork plan
                ? plan.run.response(nowMs, nanoTime, endOffsets)
                : ((CommandWork) work).run.response(nanoTime);
    }

    /** Returns by how much the rows that it holds have grown since the last call, in bytes. */
    long memoryGrowth() {
        long before = memoryBytes;
        memoryBytes = work instanceof PlanWork plan ? plan.run.memoryBytes() : 0;
        return memoryBytes - before;
    }

    long memoryBytes() {
        return memoryBytes;
    }
}
