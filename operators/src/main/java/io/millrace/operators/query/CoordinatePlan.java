package io.millrace.operators.query;

import io.millrace.inference.EmbeddingPool;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.operators.types.PendingRequest;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.run.CommandRun;
import io.millrace.planner.run.PlanRun;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.fragment.ShardOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns each request, keyed by its id, from the plan to the answer. In its checkpoints is what is needed to start every
 * pending request again; how far they have come is not, for the fragments under way are lost with the task.
 */
public final class CoordinatePlan extends AbstractStreamOperator<OutgoingRecord>
        implements TwoInputStreamOperator<CoordinatorInput, ShardOutput, OutgoingRecord>,
                Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatePlan.class);
    private static final String PENDING = "pending";

    /** The fragments for every shard. */
    public static final OutputTag<LoopMessage> FRAGMENTS = new OutputTag<>("fragments", MillraceTypes.LOOP_MESSAGE);

    private final QuerySettings settings;
    private final EndOffsets.Factory endOffsetsFactory;
    private final transient MailboxExecutor mailbox;
    private transient ValueState<PendingRequest> pending;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient Map<String, RequestRun> runs;
    private transient Admission admission;
    private transient AnswerRecords answers;
    private transient @Nullable EndOffsets endOffsets;
    private transient @Nullable QueryTexts texts;
    private transient StreamRecord<OutgoingRecord> element;
    private transient Counter restarted;
    private transient Counter overloaded;
    private transient long memoryBytes;

    CoordinatePlan(
            StreamOperatorParameters<OutgoingRecord> parameters,
            QuerySettings settings,
            EndOffsets.Factory endOffsetsFactory) {
        super(parameters);
        this.settings = settings;
        this.endOffsetsFactory = endOffsetsFactory;
        mailbox = parameters.getMailboxExecutor();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        pending = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>(PENDING, MillraceTypes.PENDING_REQUEST));
        if (context.isRestored()) {
            mailbox.execute(this::restart, "start pending requests again");
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("deadlines", VoidNamespaceSerializer.INSTANCE, this);
        runs = new HashMap<>();
        admission = new Admission(
                settings.inFlightMax(),
                settings.inFlightPerTenantMax(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
        answers = new AnswerRecords(settings.responseTopic(), settings.responseBytesMax());
        EndOffsets ends = endOffsetsFactory.open();
        endOffsets = ends;
        QueryTexts queryTexts = new QueryTexts(
                EmbeddingPool.of(settings.embedder(), getRuntimeContext().getUserCodeClassLoader()),
                mailbox,
                this::embedded);
        texts = queryTexts;
        element = new StreamRecord<>(null);
        restarted = getMetricGroup().counter("requestsRestarted");
        overloaded = getMetricGroup().counter("requestsOverloaded");
        getMetricGroup().gauge("requestsInFlight", admission::inFlight);
        getMetricGroup().gauge("intermediateBytes", () -> memoryBytes);
        getMetricGroup().gauge("endOffsetsAgeMs", ends::ageMs);
        getMetricGroup().gauge("textsWaiting", queryTexts::waiting);
    }

    @Override
    public void processElement1(StreamRecord<CoordinatorInput> input) throws Exception {
        if (input.getValue() instanceof CoordinatorInput.Acknowledged acknowledged) {
            accept(acknowledged.applied());
        } else {
            take(((CoordinatorInput.Planned) input.getValue()).request());
        }
    }

    @Override
    public void processElement2(StreamRecord<ShardOutput> input) throws Exception {
        accept(input.getValue());
    }

    private void take(PlannedRequest request) throws Exception {
        PendingRequest same = pending.value();
        if (same != null) {
            if (same.request().contentHash() != request.contentHash()) {
                refuse(request, conflict(request));
            }
            return;
        }
        if (request.outcome() instanceof PlannedRequest.Answer answer) {
            emit(answers.of(request.origin(), answer.toResponse(request.requestId(), 1, 0)));
            return;
        }
        Optional<Problem> full = admission.refuse(request.origin().tenant());
        if (full.isPresent()) {
            overloaded.inc();
            refuse(request, full.get());
            return;
        }
        Optional<Problem> unknown = unknownPartition(request);
        if (unknown.isPresent()) {
            refuse(request, unknown.get());
            return;
        }
        pending.update(new PendingRequest(1, request));
        start(1, request);
    }

    private void start(int attempt, PlannedRequest request) throws Exception {
        RequestRun run = run(attempt, request);
        runs.put(request.requestId(), run);
        admission.enter(request.origin().tenant());
        run.start(nowMs(), System.nanoTime());
        proceed(run);
    }

    private RequestRun run(int attempt, PlannedRequest request) {
        if (request.outcome() instanceof PlannedRequest.Command) {
            int planners = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
            CommandRun command = new CommandRun(request, attempt, planners, settings.shards());
            emit(new OutgoingRecord(settings.controlTopic(), null, ControlCodec.write(command.entry()), Map.of()));
            return new RequestRun(request, attempt, command);
        }
        return new RequestRun(
                request,
                attempt,
                new PlanRun(
                        request,
                        attempt,
                        settings.shards(),
                        settings.runLimits(),
                        fragment -> output.collect(FRAGMENTS, new StreamRecord<>(new LoopMessage.Ask(fragment))),
                        text -> texts == null ? null : texts.find(request.requestId(), text)));
    }

    /** Goes on with a request that waited for the vector of a text. */
    private void embedded(String requestId, String text, float @Nullable [] vector, @Nullable Problem problem)
            throws Exception {
        RequestRun run = runs.get(requestId);
        if (run != null) {
            setCurrentKey(requestId);
            if (vector != null) {
                run.onVector(text, vector, nowMs(), System.nanoTime());
            } else if (problem != null) {
                run.onNoVector(text, problem, nowMs(), System.nanoTime());
            }
            proceed(run);
        }
    }

    private void accept(ShardOutput message) throws Exception {
        RequestRun run = runs.get(message.requestId());
        if (run != null) { // Otherwise an answer to a former attempt, or to nobody's question.
            run.accept(message, nowMs(), System.nanoTime());
            proceed(run);
        }
    }

    private void proceed(RequestRun run) throws Exception {
        memoryBytes += run.memoryGrowth();
        if (run.isDone()) {
            Map<String, Long> ends = endOffsets == null ? Map.of() : endOffsets.latest();
            end(run, run.response(nowMs(), System.nanoTime(), ends));
        } else if (memoryBytes > settings.coordinatorMemoryBytesMax()) {
            end(run, Response.error(run.request().requestId(), run.attempt(), List.of(tooMuch(run)), 0));
        } else if (run.timersMs().add(run.nextTimerMs())) {
            timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, run.nextTimerMs());
        }
    }

    private void end(RequestRun run, Response response) throws Exception {
        PlannedRequest request = run.request();
        runs.remove(request.requestId());
        memoryBytes -= run.memoryBytes();
        admission.leave(request.origin().tenant());
        pending.clear();
        for (long timerMs : run.timersMs()) {
            timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, timerMs);
        }
        emit(answers.of(request.origin(), response));
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        RequestRun run = runs.get(timer.getKey());
        if (run == null) {
            startAgain();
            run = runs.get(timer.getKey());
        }
        if (run != null) {
            run.timersMs().remove(timer.getTimestamp());
            run.onTimer(nowMs(), System.nanoTime());
            proceed(run);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of event time is set");
    }

    /** Starts every pending request of this subtask again, with the next attempt. */
    private void restart() throws Exception {
        List<String> requestIds;
        try (Stream<String> keys = this.<String>getKeyedStateBackend().getKeys(PENDING, VoidNamespace.INSTANCE)) {
            requestIds = keys.toList();
        }
        for (String requestId : requestIds) {
            setCurrentKey(requestId);
            if (!runs.containsKey(requestId)) {
                startAgain();
            }
        }
        if (!requestIds.isEmpty()) {
            LOG.info("Started {} pending requests again after a restore", requestIds.size());
        }
    }

    /** Starts the request of the current key again, if it is pending. */
    private void startAgain() throws Exception {
        PendingRequest before = pending.value();
        if (before != null) {
            int attempt = before.attempt() + 1;
            pending.update(new PendingRequest(attempt, before.request()));
            restarted.inc();
            start(attempt, before.request());
        }
    }

    private Optional<Problem> unknownPartition(PlannedRequest request) {
        Map<String, Long> known = endOffsets == null ? Map.of() : endOffsets.latest();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        return request.minOffsets().nextOffsets().keySet().stream()
                .filter(partition -> !known.containsKey(partition))
                .sorted()
                .findFirst()
                .map(partition -> Problem.at(
                                ErrorCode.INVALID_PARTITION,
                                "$.freshness.min_offsets",
                                "there is no partition \"" + partition + "\" of events")
                        .withAllowed(known.keySet().stream().sorted().limit(100).toList()));
    }

    private void refuse(PlannedRequest request, Problem problem) {
        emit(answers.of(request.origin(), Response.error(request.requestId(), 1, List.of(problem), 0)));
    }

    private static Problem conflict(PlannedRequest request) {
        return Problem.of(
                        ErrorCode.CONFLICT_REQUEST_ID,
                        "another request with the id \"" + request.requestId() + "\" is pending")
                .withHint("give every request an id of its own");
    }

    private Problem tooMuch(RequestRun run) {
        return Problem.of(
                ErrorCode.LIMIT_EXCEEDED,
                "the requests of this coordinator hold " + memoryBytes + " bytes of rows between their steps, at most "
                        + settings.coordinatorMemoryBytesMax() + " are kept; this one holds " + run.memoryBytes());
    }

    private void emit(OutgoingRecord value) {
        output.collect(element.replace(value));
    }

    private long nowMs() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void close() throws Exception {
        if (endOffsets != null) {
            endOffsets.close();
        }
        if (texts != null) {
            texts.close();
        }
        super.close();
    }

    /** Makes coordinators, which need the mailbox to start pending requests again. */
    public static final class Factory extends AbstractStreamOperatorFactory<OutgoingRecord>
            implements TwoInputStreamOperatorFactory<CoordinatorInput, ShardOutput, OutgoingRecord> {
        private static final long serialVersionUID = 1;

        private final QuerySettings settings;
        private final EndOffsets.Factory endOffsets;

        public Factory(QuerySettings settings, EndOffsets.Factory endOffsets) {
            this.settings = settings;
            this.endOffsets = endOffsets;
        }

        @Override
        @SuppressWarnings("unchecked") // Flink's signature; the cast holds for the one type that this makes.
        public <T extends StreamOperator<OutgoingRecord>> T createStreamOperator(
                StreamOperatorParameters<OutgoingRecord> parameters) {
            return (T) new CoordinatePlan(parameters, settings, endOffsets);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return CoordinatePlan.class;
        }
    }
}
