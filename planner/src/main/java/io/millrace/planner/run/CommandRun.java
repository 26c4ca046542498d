package io.millrace.planner.run;

import io.millrace.planner.plan.CatalogCommand;
import io.millrace.planner.plan.CommandAnswers;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.fragment.ControlApplied;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits until every planner and every shard has applied a change of the catalog. Time comes as to {@link PlanRun}. */
public final class CommandRun {
    private final PlannedRequest request;
    private final CatalogCommand command;
    private final int attempt;
    private final BitSet planners = new BitSet();
    private final BitSet shards = new BitSet();
    private final int all;
    private @Nullable ControlOutcome outcome;
    private boolean expired;
    private long startedNanos;

    /** @throws IllegalArgumentException if {@code request} is not a change of the catalog */
    public CommandRun(PlannedRequest request, int attempt, int planners, int shards) {
        if (!(request.outcome() instanceof PlannedRequest.Command planned)) {
            throw new IllegalArgumentException("there is no command for " + request.requestId());
        }
        this.request = request;
        this.attempt = attempt;
        command = planned.command();
        this.planners.set(0, planners);
        this.shards.set(0, shards);
        all = planners + shards;
    }

    /** Returns the record to append to the control topic; to append it again does no harm. */
    public ControlRecord entry() {
        return command.entry();
    }

    public void start(long nanoTime) {
        startedNanos = nanoTime;
    }

    /** Notes who has applied the record; the outcome is the same everywhere. */
    public void onApplied(ControlApplied applied) {
        if (outcome == null) {
            outcome = applied.outcome();
        }
        BitSet waiting = applied.planner() ? planners : shards;
        applied.members().stream().filter(member -> member >= 0).forEach(waiting::clear);
    }

    public void onTimer(long nowMs) {
        expired |= nowMs >= request.deadlineMs();
    }

    public long nextTimerMs() {
        return request.deadlineMs();
    }

    public boolean isDone() {
        return expired || (planners.isEmpty() && shards.isEmpty());
    }

    /** @throws IllegalStateException if the command is not done */
    public Response response(long nanoTime) {
        double elapsedMs = (nanoTime - startedNanos) / 1e6;
        if (planners.isEmpty() && shards.isEmpty() && outcome != null) {
            return CommandAnswers.of(command.object(), outcome).toResponse(request.requestId(), attempt, elapsedMs);
        }
        if (!expired) {
            throw new IllegalStateException("request " + request.requestId() + " is still running");
        }
        return Response.error(request.requestId(), attempt, List.of(late()), elapsedMs);
    }

    private Problem late() {
        int missing = planners.cardinality() + shards.cardinality();
        List<String> who = new ArrayList<>();
        if (!planners.isEmpty()) {
            who.add("planners " + planners.stream().boxed().toList());
        }
        if (!shards.isEmpty()) {
            who.add("shards " + shards.stream().boxed().toList());
        }
        long waitedMs = request.deadlineMs() - request.startedMs();
        return Problem.of(
                        ErrorCode.DEADLINE_EXCEEDED,
                        missing + " of " + all + " planners and shards have not applied the change within " + waitedMs
                                + " ms")
                .withDetail("missing: " + String.join(", ", who))
                .withHint("the change may still be applied: ask again with the same request_id");
    }
}
