package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.explain.StepMeasures;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.ShardCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where one step of a run stands. */
final class StepRun {
    enum State {
        WAITING,
        RUNNING,
        DONE,
        FAILED,
        TIMED_OUT,
        SKIPPED
    }

    final Step step;
    final int place;
    State state = State.WAITING;

    @Nullable ShardTask task;

    /** What is being asked: all of it at once. Empty before the first question and behind the last. */
    final List<Lane> lanes = new ArrayList<>();

    /** Whether the lanes are those of the task's legs. */
    boolean onLegs;

    private int rounds;
    /** Rounds of the tasks that the one at hand goes on behind. */
    private int roundsBefore;

    /** Of the text that the step searches for, once it is known. */
    float @Nullable [] vector;

    @Nullable StepTable result;
    /** Rows of the result, also when they were freed. */
    int resultRows;
    /** Bytes that the budget counts for what this step holds. */
    long heldBytes;
    /** Why the step is not simply done; also for one that lacks shards but has rows. */
    final List<Problem> problems = new ArrayList<>();

    final Set<Integer> missingShards = new TreeSet<>();
    final List<ShardCertificate> certificates = new ArrayList<>();
    final StepMeter meter = new StepMeter();
    /** What the task, or what was computed instead, noted. */
    Measures measures = Measures.NONE;
    /** Whether rows are missing because shards did not answer, here or in what the rows were made of. */
    boolean incomplete;

    @Nullable String skippedBecause;

    long startedMs;
    long deadlineMs;
    private long startedNanos;
    private long endedNanos;

    StepRun(Step step, int place) {
        this.step = step;
        this.place = place;
    }

    void begin(long nowMs, long nanoTime, long newDeadlineMs) {
        state = State.RUNNING;
        startedMs = nowMs;
        deadlineMs = newDeadlineMs;
        startedNanos = nanoTime;
        endedNanos = nanoTime;
    }

    /** Puts lags into a result that tells them: only when it is sent are the end offsets known. */
    void measureLags(Map<String, Long> endOffsets, long nowMs) {
        if (StatusRows.areRead(step) && result != null) {
            result = new StepTable(
                    StatusRows.withLags(result.table(), certificates, endOffsets, nowMs), result.bounded());
        }
    }

    /** Returns the text that the step searches for; null for none. */
    @Nullable String text() {
        Step.VectorSearch search = step instanceof Step.CrossStoreSearch both
                ? both.search()
                : step instanceof Step.VectorSearch plain ? plain : null;
        Step.TextQuery query = search == null ? null : search.text();
        return query == null ? null : query.text();
    }

    boolean waitsFor(String text) {
        return state == State.RUNNING && vector == null && text.equals(text());
    }

    boolean askedShards() {
        return rounds > 0;
    }

    /** Returns a round that has a number of its own within the step. */
    Round nextRound(int shards) {
        return new Round(rounds++, shards);
    }

    /** Returns the lane whose question has the number; null where none has. */
    @Nullable Lane lane(int round) {
        for (Lane lane : lanes) {
            if (lane.round.number() == round) {
                return lane;
            }
        }
        return null;
    }

    /** Lets a task go on with the step. */
    void give(ShardTask next) {
        task = next;
        roundsBefore = rounds;
    }

    /** Returns whether nothing has come yet, to no question of the task. */
    boolean hasNothing() {
        return rounds - roundsBefore == lanes.size() && lanes.stream().allMatch(lane -> lane.round.isEmpty());
    }

    void done(StepTable table, long nanoTime) {
        result = table;
        resultRows = table.table().rows().size();
        end(State.DONE, nanoTime);
    }

    void fail(State newState, List<Problem> why, long nanoTime) {
        problems.addAll(why);
        result = null;
        end(newState, nanoTime);
    }

    void skip(String because) {
        skippedBecause = because;
        state = State.SKIPPED;
    }

    private void end(State newState, long nanoTime) {
        state = newState;
        if (task != null) {
            measures = task.measures();
        }
        task = null;
        lanes.clear();
        endedNanos = nanoTime;
    }

    boolean isEnded() {
        return state != State.WAITING && state != State.RUNNING;
    }

    /** Returns rows of the result; 0 where there is none. */
    long rows() {
        return state == State.DONE ? resultRows : 0;
    }

    /** @param shards how many there are */
    StepMeasures measured(int shards) {
        return new StepMeasures(
                status().name(), rows(), elapsedMs(), meter.fanOut(shards, missingShards, startedNanos), measures);
    }

    double elapsedMs() {
        return (endedNanos - startedNanos) / 1e6;
    }

    /** Returns the step whose failure is the cause that those behind this one are skipped. */
    String cause() {
        return skippedBecause == null ? step.id() : skippedBecause;
    }

    StepReport.Status status() {
        return switch (state) {
            case DONE -> incomplete ? StepReport.Status.PARTIAL : StepReport.Status.OK;
            case TIMED_OUT -> StepReport.Status.TIMED_OUT;
            case SKIPPED -> StepReport.Status.SKIPPED;
            case FAILED, WAITING, RUNNING -> StepReport.Status.FAILED;
        };
    }

    /** Says that the text had no vector in time. */
    Problem withoutVector() {
        return Problem.of(
                ErrorCode.DEADLINE_EXCEEDED, "the embedder did not answer within " + (deadlineMs - startedMs) + " ms");
    }

    /** Says who did not answer in time. */
    Problem late(int shards) {
        Set<Integer> missing = new TreeSet<>();
        lanes.forEach(lane -> missing.addAll(lane.round.missing()));
        return Problem.of(
                ErrorCode.DEADLINE_EXCEEDED,
                missing.size() + " of " + shards + " shards did not answer within " + (deadlineMs - startedMs) + " ms");
    }
}
