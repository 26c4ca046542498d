package io.millrace.planner.run;

import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one plan: emits the fragments of every step that is ready, merges the partials that come back, computes what needs
 * no shard, and holds the deadlines. The answer depends neither on the order of partials nor on the number of shards.
 *
 * <p>It has no clock: every call brings the time, in epoch milliseconds for deadlines and in nanoseconds of a steady
 * clock for what is reported as elapsed. Not safe for use by several threads.
 */
public final class PlanRun {
    private final PlannedRequest request;
    private final Plan plan;
    private final int attempt;
    private final int shards;
    private final Consumer<Fragment> emitter;
    private final TextVectors texts;
    private final MemoryMeter memory;
    private final StepStarter starter;
    private final List<StepRun> steps = new ArrayList<>();
    private final HeldRows held;
    private @Nullable Problem stale;
    private long startedNanos;

    /** Makes a run of a plan without texts. */
    public PlanRun(PlannedRequest request, int attempt, int shards, RunLimits limits, Consumer<Fragment> emitter) {
        this(request, attempt, shards, limits, emitter, TextVectors.NONE);
    }

    /**
     * @param attempt counts the starts of the request, from 1
     * @param emitter takes the fragments that are for every shard
     * @throws IllegalArgumentException if {@code request} is not one to run
     */
    public PlanRun(
            PlannedRequest request,
            int attempt,
            int shards,
            RunLimits limits,
            Consumer<Fragment> emitter,
            TextVectors texts) {
        if (!(request.outcome() instanceof PlannedRequest.Run run)) {
            throw new IllegalArgumentException("there is no plan to run for " + request.requestId());
        }
        this.request = request;
        this.attempt = attempt;
        this.shards = shards;
        this.emitter = emitter;
        this.texts = texts;
        plan = run.plan();
        memory = new MemoryMeter(limits.memoryBytesMax());
        for (Step step : plan.steps()) {
            steps.add(new StepRun(step, steps.size()));
        }
        starter = new StepStarter(steps, limits, memory);
        held = new HeldRows(steps, plan.answered(request.returnAll()), memory);
    }

    /** Emits the fragments of every step that waits for none. */
    public void start(long nowMs, long nanoTime) {
        startedNanos = nanoTime;
        startReady(nowMs, nanoTime);
    }

    /** Takes an answer of some shards; one of another attempt or round, and one that came before, changes nothing. */
    public void onPartial(Partial partial, long nowMs, long nanoTime) {
        if (partial.attempt() != attempt || partial.step() < 0 || partial.step() >= steps.size()) {
            return;
        }
        StepRun step = steps.get(partial.step());
        Lane lane = step.lane(partial.round());
        if (step.state != StepRun.State.RUNNING || lane == null) {
            return;
        }
        boolean counts = lane.round.accept(partial);
        if (counts) {
            step.meter.takes(partial, nanoTime);
        } else if (partial.result() instanceof PartialResult.Failed) {
            step.meter.fails(partial.shards());
        }
        if (counts && partial.result() instanceof PartialResult.Rows rows) {
            step.certificates.addAll(partial.certificates());
            held.count(step, () -> takeRows(step, lane, rows, nanoTime));
        } else if (counts && partial.result() instanceof PartialResult.Part part) {
            PartialResult.Rows rows = new PartialResult.Rows(part.rows(), false, FragmentStats.NONE);
            held.count(step, () -> takeRows(step, lane, rows, nanoTime));
        }
        if (step.state == StepRun.State.RUNNING && lane.round.isComplete()) {
            held.count(step, () -> endRound(step, lane, nanoTime));
        }
        if (step.isEnded()) {
            startReady(nowMs, nanoTime);
        }
    }

    /** Takes the vector of a text that steps wait for. */
    public void onVector(String text, float[] vector, long nowMs, long nanoTime) {
        endWaits(text, nowMs, nanoTime, step -> {
            step.vector = vector;
            ask(step, nowMs, nanoTime);
        });
    }

    /** Fails the steps that wait for the vector of a text that has none. */
    public void onNoVector(String text, Problem why, long nowMs, long nanoTime) {
        endWaits(text, nowMs, nanoTime, step -> step.fail(StepRun.State.FAILED, List.of(why), nanoTime));
    }

    private void endWaits(String text, long nowMs, long nanoTime, Consumer<StepRun> end) {
        for (StepRun step : steps) {
            if (step.waitsFor(text)) {
                held.count(step, () -> end.accept(step));
            }
        }
        startReady(nowMs, nanoTime);
    }

    /** Ends what should have ended by now. To be called at {@link #nextTimerMs} or later. */
    public void onTimer(long nowMs, long nanoTime) {
        for (StepRun step : steps) {
            if (step.state == StepRun.State.RUNNING && step.deadlineMs <= nowMs) {
                held.count(step, () -> expire(step, nanoTime));
            }
        }
        startReady(nowMs, nanoTime);
    }

    /** Returns when to call {@link #onTimer}, in epoch ms: the earliest end of a running step. */
    public long nextTimerMs() {
        long next = request.deadlineMs();
        for (StepRun step : steps) {
            if (step.state == StepRun.State.RUNNING) {
                next = Math.min(next, step.deadlineMs);
            }
        }
        return next;
    }

    /** Returns whether every step has ended, so that there is a response. */
    public boolean isDone() {
        return steps.stream().allMatch(StepRun::isEnded);
    }

    /** Returns the approximate bytes of the rows that this run holds. */
    public long memoryBytes() {
        return memory.bytes();
    }

    /**
     * Returns the answer.
     *
     * @param endOffsets polled end offsets by {@code topic-partition}; a partition without one is taken as lagging
     * @throws IllegalStateException if the run is not done
     */
    public Response response(long nowMs, long nanoTime, Map<String, Long> endOffsets) {
        if (!isDone()) {
            throw new IllegalStateException("request " + request.requestId() + " is still running");
        }
        steps.forEach(step -> step.measureLags(endOffsets, nowMs));
        double elapsedMs = (nanoTime - startedNanos) / 1e6;
        return new RunResponse(request, plan, steps, shards)
                .build(attempt, stale, FreshnessFold.of(steps, endOffsets, nowMs), elapsedMs);
    }

    private void startReady(long nowMs, long nanoTime) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (StepRun step : steps) {
                if (step.state == StepRun.State.WAITING && starter.isReady(step)) {
                    held.count(step, () -> startOrSkip(step, nowMs, nanoTime));
                    changed = true;
                }
            }
        }
        held.free();
    }

    private void startOrSkip(StepRun step, long nowMs, long nanoTime) {
        StepRun failed = starter.failedDependency(step);
        if (failed != null) {
            step.skip(failed.cause());
            return;
        }
        step.begin(nowMs, nanoTime, Math.min(nowMs + step.step.timeoutMs(), request.deadlineMs()));
        String text = step.text();
        if (text != null) {
            step.vector = texts.find(text);
        }
        if (text == null || step.vector != null) {
            ask(step, nowMs, nanoTime);
        }
    }

    /** Asks the shards, or computes what needs none. */
    private void ask(StepRun step, long nowMs, long nanoTime) {
        try {
            ShardTask task = starter.shardTask(step);
            if (task == null) {
                step.done(starter.compute(step), nanoTime);
                return;
            }
            begin(step, task, nowMs >= request.deadlineMs(), nanoTime);
        } catch (StepFailure e) {
            step.fail(StepRun.State.FAILED, List.of(e.problem()), nanoTime);
        }
    }

    /** Gives the step to a task, whose legs are asked first. */
    private void begin(StepRun step, ShardTask task, boolean tooLate, long nanoTime) throws StepFailure {
        step.give(task);
        List<Inquiry> legs = task.legs();
        step.onLegs = !legs.isEmpty();
        begin(step, step.onLegs ? legs : List.of(task), tooLate, nanoTime);
    }

    /** Asks the first question of each inquiry, unless it is too late to ask anything. */
    private void begin(StepRun step, List<? extends Inquiry> inquiries, boolean tooLate, long nanoTime)
            throws StepFailure {
        Map<Inquiry, FragmentOperation> questions = new LinkedHashMap<>();
        for (Inquiry inquiry : inquiries) {
            FragmentOperation first = inquiry.start();
            if (first != null) {
                questions.put(inquiry, first);
            }
        }
        if (questions.isEmpty()) {
            proceed(step, nanoTime);
        } else if (tooLate) {
            Problem late = Problem.of(ErrorCode.DEADLINE_EXCEEDED, "the deadline came before the step was started");
            step.fail(StepRun.State.TIMED_OUT, List.of(late), nanoTime);
        } else {
            questions.forEach((inquiry, first) -> {
                Lane lane = new Lane(inquiry, step.nextRound(shards));
                step.lanes.add(lane);
                emit(step, lane, first, nanoTime);
            });
        }
    }

    /** Goes on when nothing is asked any more. */
    private void proceed(StepRun step, long nanoTime) throws StepFailure {
        if (step.onLegs) {
            step.onLegs = false;
            begin(step, List.of(task(step)), false, nanoTime);
            return;
        }
        ShardTask next = task(step).successor();
        if (next != null) {
            begin(step, next, false, nanoTime);
        } else {
            step.done(task(step).finish(), nanoTime);
        }
    }

    private void emit(StepRun step, Lane lane, FragmentOperation operation, long nanoTime) {
        step.meter.asks(lane, operation, nanoTime);
        emitter.accept(new Fragment(
                request.requestId(),
                attempt,
                step.place,
                lane.round.number(),
                request.catalogVersion(),
                step.deadlineMs,
                request.minOffsets(),
                operation));
    }

    private static void takeRows(StepRun step, Lane lane, PartialResult.Rows rows, long nanoTime) {
        try {
            lane.inquiry.add(rows);
        } catch (StepFailure e) {
            step.fail(StepRun.State.FAILED, List.of(e.problem()), nanoTime);
        }
    }

    private void endRound(StepRun step, Lane lane, long nanoTime) {
        if (!lane.round.problems().isEmpty()) {
            step.fail(StepRun.State.FAILED, lane.round.problems(), nanoTime);
            return;
        }
        try {
            FragmentOperation next = lane.inquiry.next();
            if (next != null) {
                lane.round = step.nextRound(shards);
                emit(step, lane, next, nanoTime);
                return;
            }
            step.lanes.remove(lane);
            if (step.lanes.isEmpty()) {
                proceed(step, nanoTime);
            }
        } catch (StepFailure e) {
            step.fail(StepRun.State.FAILED, List.of(e.problem()), nanoTime);
        }
    }

    /** Ends a step at its time: with what did arrive where that is not wrong, else without a result. */
    private void expire(StepRun step, long nanoTime) {
        if (step.lanes.isEmpty()) {
            step.fail(StepRun.State.TIMED_OUT, List.of(step.withoutVector()), nanoTime);
            return;
        }
        for (Lane lane : step.lanes) {
            step.missingShards.addAll(lane.round.missing());
        }
        for (Lane lane : step.lanes) {
            if (!lane.round.problems().isEmpty()) {
                step.fail(StepRun.State.FAILED, lane.round.problems(), nanoTime);
                return;
            }
        }
        for (Lane lane : step.lanes) {
            if (lane.round.hasWaiting()) {
                stale = FreshnessFold.notReached(request.minOffsets(), lane.round);
                step.fail(StepRun.State.TIMED_OUT, List.of(stale), nanoTime);
                return;
            }
        }
        Problem late = step.late(shards);
        if (step.hasNothing() || !task(step).canMissShards()) {
            step.fail(StepRun.State.TIMED_OUT, List.of(late), nanoTime);
            return;
        }
        try {
            StepTable table = task(step).finish();
            step.problems.add(late);
            step.incomplete = true;
            step.done(table, nanoTime);
        } catch (StepFailure e) {
            step.fail(StepRun.State.FAILED, List.of(e.problem()), nanoTime);
        }
    }

    private static ShardTask task(StepRun step) {
        ShardTask task = step.task;
        if (task == null) {
            throw new IllegalStateException("step " + step.step.id() + " has no task");
        }
        return task;
    }
}
