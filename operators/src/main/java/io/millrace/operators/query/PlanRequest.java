package io.millrace.operators.query;

import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.SourceRecord;
import io.millrace.operators.types.WaitingRequest;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.SessionSettings;
import io.millrace.planner.cost.Statistics;
import io.millrace.planner.cost.StrategyChoice;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.codec.DecodedRequest;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.fragment.ControlApplied;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns requests, keyed by question, session or id, into plans and answers, by the catalog of the control stream. A question
 * without a plan waits for one where a generator is configured.
 */
public final class PlanRequest extends AbstractStreamOperator<CoordinatorInput>
        implements TwoInputStreamOperator<IncomingRequest, SourceRecord, CoordinatorInput>,
                Triggerable<String, VoidNamespace>,
                QuestionPlanner.Host {
    private static final long serialVersionUID = 1;

    private static final Logger LOG = LoggerFactory.getLogger(PlanRequest.class);

    private final QuerySettings settings;
    private final CatalogSource catalogSource;
    private final transient MailboxExecutor mailbox;
    private transient CatalogReplica catalog;
    private transient RequestCodec codec;
    private transient RequestPlanner planner;
    private transient Statistics statistics;
    private transient SessionStore sessions;
    private transient QuestionPlanner questions;
    private transient @Nullable WaitingQuestions waiting;
    private transient StreamRecord<CoordinatorInput> element;

    PlanRequest(
            StreamOperatorParameters<CoordinatorInput> parameters,
            QuerySettings settings,
            CatalogSource catalogSource) {
        super(parameters);
        this.settings = settings;
        this.catalogSource = catalogSource;
        mailbox = parameters.getMailboxExecutor();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        catalog = CatalogReplica.initialize(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        catalog.catchUp(catalogSource);
        codec = new RequestCodec(settings.requestBytesMax());
        ClassLoader loader = getRuntimeContext().getUserCodeClassLoader();
        statistics = new Statistics();
        planner = new RequestPlanner(
                settings.planLimits(),
                settings.searchDefaults(loader),
                new StrategyChoice(statistics, settings.hybrid()));
        element = new StreamRecord<>(null);
        KeyedStateBackend<String> backend = getKeyedStateBackend();
        int planners = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        PlanCache plans =
                PlanCache.open(backend, share(settings.cachedPlansMax(), planners), settings.cachedPlanTtlMs());
        questions = new QuestionPlanner(this, planner, codec, plans, getMetricGroup());
        SessionLimits limits = settings.sessions();
        sessions = SessionStore.open(backend, share(limits.max(), planners), limits.ttlMs());
        WaitingRequests requests = WaitingRequests.open(
                backend, getInternalTimerService("questions", VoidNamespaceSerializer.INSTANCE, this));
        WaitingQuestions asked = new WaitingQuestions(
                requests,
                WaitingQuestions.Generation.of(settings.planGenerator(), loader),
                mailbox,
                questions,
                getMetricGroup());
        waiting = asked;
        asked.restart();
    }

    /** Returns what one planner keeps of what the job keeps, rounded up. */
    private static int share(int max, int planners) {
        return Math.floorDiv(max - 1, planners) + 1;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        catalog.snapshot();
    }

    @Override
    public void processElement1(StreamRecord<IncomingRequest> input) throws Exception {
        IncomingRequest incoming = input.getValue();
        DecodedRequest decoded = codec.read(incoming.value(), incoming.defaultId());
        Request request = decoded.request();
        if (request == null || !incoming.problems().isEmpty()) {
            emit(PlannedRequest.refused(decoded.requestId(), incoming.origin(), problems(incoming, decoded), nowMs()));
        } else if (request.question() == null) {
            planInSession(request, incoming);
        } else {
            ask(request, incoming);
        }
    }

    /** Returns all that is wrong with a request that is refused: with its headers, its members and what it asks for. */
    private List<Problem> problems(IncomingRequest incoming, DecodedRequest decoded) {
        List<Problem> problems = new ArrayList<>(incoming.problems());
        problems.addAll(decoded.problems());
        if (decoded.asked() != null) {
            problems.addAll(planner.problems(decoded.asked(), incoming.origin(), catalog.catalog()));
        }
        return problems;
    }

    /** The key is the session: what it has set holds, and what the request sets is kept. */
    private void planInSession(Request request, IncomingRequest incoming) throws Exception {
        if (request.sessionId() == null) {
            emit(planner.plan(request, incoming.origin(), catalog.catalog(), nowMs()));
            return;
        }
        PlannedRequest planned =
                planner.of(sessions.get(nowMs())).plan(request, incoming.origin(), catalog.catalog(), nowMs());
        SessionSettings.Setting setting = planned.isAnswered() ? planner.setting(request) : null;
        if (setting != null) {
            sessions.set(setting, nowMs());
        }
        emit(planned);
    }

    private void ask(Request request, IncomingRequest incoming) throws Exception {
        PlannedRequest planned = questions.plan(request, incoming.origin());
        if (waiting == null || !waiting.areTaken() || !planned.lacksPlan()) {
            emit(planned);
            return;
        }
        WaitingRequest asker = new WaitingRequest(
                incoming.defaultId(),
                incoming.origin(),
                incoming.value(),
                planned.contentHash(),
                nowMs(),
                planned.deadlineMs());
        waiting.add(request.requestId(), asker)
                .ifPresent(problem -> questions.refuse(request, problem, incoming.origin()));
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        if (waiting != null) {
            questions.expire(waiting.takeExpired(timer.getTimestamp()));
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of event time is set");
    }

    @Override
    public void processElement2(StreamRecord<SourceRecord> input) {
        SourceRecord entry = input.getValue();
        byte[] value = entry.value() == null ? new byte[0] : entry.value();
        if (entry.topic().equals(settings.statisticsTopic())) {
            takeStatistics(value);
            return;
        }
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        int collections = catalog.catalog().collections().size();
        catalog.apply(entry.offset(), value)
                .ifPresent(applied -> output.collect(element.replace(new CoordinatorInput.Acknowledged(
                        new ControlApplied(applied.requestId(), true, List.of(subtask), applied.outcome())))));
        if (catalog.catalog().collections().size() < collections) {
            statistics.keepOnly(catalog.catalog().collections().values().stream()
                    .map(CollectionSchema::id)
                    .collect(Collectors.toSet()));
        }
    }

    /** What was deleted, or cannot be read, tells nothing. */
    private void takeStatistics(byte[] value) {
        try {
            if (value.length > 0) {
                statistics.take(StatisticsCodec.read(value));
            }
        } catch (MillraceException e) {
            LOG.warn("A message of statistics is skipped: {}", e.getMessage());
        }
    }

    @Override
    public Catalog catalog() {
        return catalog.catalog();
    }

    @Override
    public void emit(PlannedRequest planned) {
        output.collect(element.replace(new CoordinatorInput.Planned(planned)));
    }

    @Override
    public long nowMs() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void close() throws Exception {
        if (waiting != null) {
            waiting.close();
        }
        super.close();
    }

    /** Makes planners, which need the mailbox for plans that are generated. */
    public static final class Factory extends AbstractStreamOperatorFactory<CoordinatorInput>
            implements TwoInputStreamOperatorFactory<IncomingRequest, SourceRecord, CoordinatorInput> {
        private static final long serialVersionUID = 1;

        private final QuerySettings settings;
        private final CatalogSource catalogSource;

        public Factory(QuerySettings settings, CatalogSource catalogSource) {
            this.settings = settings;
            this.catalogSource = catalogSource;
        }

        @Override
        @SuppressWarnings("unchecked") // Flink's signature; the cast holds for the one type that this makes.
        public <T extends StreamOperator<CoordinatorInput>> T createStreamOperator(
                StreamOperatorParameters<CoordinatorInput> parameters) {
            return (T) new PlanRequest(parameters, settings, catalogSource);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return PlanRequest.class;
        }
    }
}
