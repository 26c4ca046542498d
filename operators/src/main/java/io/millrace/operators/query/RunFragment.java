package io.millrace.operators.query;

import io.millrace.index.shard.EmbeddingBatch;
import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.ShardSettings;
import io.millrace.index.state.FlinkShardStorages;
import io.millrace.operators.ingest.DeadLetterRecords;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.codec.EventWriter;
import io.millrace.protocol.codec.StatisticsCodec;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.statistics.StatisticsMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the shards of its subtask: applies their mutations, and answers the fragments that every subtask gets. Long
 * work is done in slices between the elements, so that neither the input nor a neighbour waits for it.
 */
public final class RunFragment extends AbstractStreamOperator<ShardOutput>
        implements TwoInputStreamOperator<ShardInput, LoopMessage, ShardOutput>, ShardOutputs {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(RunFragment.class);

    /** Dead letters, events for the far ends of edges, and statistics. */
    public static final OutputTag<OutgoingRecord> RECORDS = new OutputTag<>("records", MillraceTypes.OUTGOING_RECORD);

    private final QuerySettings settings;
    private final CatalogSource catalogSource;
    private final transient MailboxExecutor mailbox;
    private transient CatalogReplica catalog;
    private transient ShardSet shards;
    private transient @Nullable RowTexts texts;
    private transient List<Integer> ownShards;
    private transient SlicePacer pacer;
    private transient DeadLetterRecords deadLetters;
    private transient StreamRecord<ShardOutput> element;
    private transient Counter mutations;
    private transient Counter fragments;
    private transient boolean workScheduled;
    private transient boolean resting;
    private transient long timerMs;
    private transient boolean opened;

    /** Read by reporters of metrics. */
    private transient volatile long pendingEmbeddings;

    RunFragment(StreamOperatorParameters<ShardOutput> parameters, QuerySettings settings, CatalogSource catalogSource) {
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
        element = new StreamRecord<>(null);
        mutations = getMetricGroup().counter("mutations");
        fragments = getMetricGroup().counter("fragments");
        deadLetters = new DeadLetterRecords(
                settings.deadLetterTopic(),
                settings.deadLetterBytesMax(),
                getMetricGroup().counter("deadLetters"));
        pacer = new SlicePacer(settings.slices());
        timerMs = Long.MAX_VALUE;
        openShards();
        scheduleWork();
    }

    private void openShards() {
        FlinkShardStorages storages =
                new FlinkShardStorages(getKeyedStateBackend(), settings.shards(), settings.maxParallelism());
        ownShards = storages.ownShards();
        ShardSettings shape = new ShardSettings(
                settings.shards(),
                settings.maxParallelism(),
                ownShards,
                settings.eventTopics(),
                settings.slices().sliceNanos(),
                settings.vectorMemoryMax(),
                settings.clusters(),
                settings.statisticsIntervalMs());
        long startNanos = System.nanoTime();
        RowTexts rowTexts = new RowTexts(
                settings.embedder(),
                getRuntimeContext().getUserCodeClassLoader(),
                mailbox,
                getMetricGroup(),
                this::embedded);
        texts = rowTexts;
        shards = new ShardSet(
                shape,
                storages::storage,
                this,
                rowTexts,
                () -> getProcessingTimeService().getCurrentProcessingTime());
        getMetricGroup().gauge("pendingEmbeddings", () -> pendingEmbeddings);
        opened = true;
        shards.catalogChanged(catalog.catalog());
        LOG.info(
                "Shards {} of {} opened in {} ms at catalog version {}",
                ownShards,
                settings.shards(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
                catalog.catalog().version());
    }

    private void embedded(EmbeddingBatch batch, @Nullable List<float[]> vectors) {
        if (vectors == null) {
            shards.notEmbedded(batch);
        } else {
            shards.embedded(batch, vectors);
        }
        scheduleWork();
    }

    @Override
    public void processElement1(StreamRecord<ShardInput> input) {
        ShardInput value = input.getValue();
        if (shards.apply(value)) {
            armTimer();
        }
        int count = value.mutationCount();
        if (count > 0) {
            mutations.inc(count);
            pacer.inputSeen();
        }
        if (shards.hasRunning()) {
            scheduleWork();
        }
    }

    @Override
    public void processElement2(StreamRecord<LoopMessage> input) {
        if (input.getValue() instanceof LoopMessage.Ask ask) {
            fragments.inc();
            if (shards.isBusyFor(ask.fragment().requestId())) {
                pacer.neighbourSeen(getProcessingTimeService().getCurrentProcessingTime());
            }
            shards.submit(ask.fragment());
        } else {
            applyControl((LoopMessage.Control) input.getValue());
        }
        if (shards.hasRunning()) {
            scheduleWork();
        }
        armTimer();
    }

    private void applyControl(LoopMessage.Control control) {
        long versionBefore = catalog.catalog().version();
        catalog.apply(control.offset(), control.value()).ifPresent(applied -> {
            if (!ownShards.isEmpty()) {
                emit(new ControlApplied(applied.requestId(), false, ownShards, applied.outcome()));
            }
        });
        if (catalog.catalog().version() != versionBefore) {
            shards.catalogChanged(catalog.catalog());
        }
    }

    /** Runs what is under way in slices, by turns with the input. */
    private void work() {
        workScheduled = false;
        boolean more = true;
        if (pacer.mayRun(System.nanoTime())) {
            long startNanos = System.nanoTime();
            more = shards.runSlice(pacer.sliceNanos());
            if (shards.nextDeadlineMs() <= getProcessingTimeService().getCurrentProcessingTime()) {
                more |= shards.runBackground(pacer.sliceNanos());
            }
            pacer.ran(startNanos, System.nanoTime());
            Thread.yield(); // Where all cores are busy, a small request's other threads go first.
            pendingEmbeddings = shards.pendingEmbeddings();
        }
        if (!more && !shards.hasRunning()) { // The background may have let parked fragments start.
            armTimer();
            return;
        }
        long restMs = pacer.restMs(getProcessingTimeService().getCurrentProcessingTime());
        if (restMs > 0 && shards.hasOnlyLong()) {
            rest(restMs);
        } else {
            scheduleWork();
        }
    }

    /** Lets the thread sleep before the next slice, unless something else comes. */
    private void rest(long restMs) {
        if (resting) {
            return;
        }
        resting = true;
        ProcessingTimeService timers = getProcessingTimeService();
        // Flink's timers fire a millisecond behind their time.
        timers.registerTimer(timers.getCurrentProcessingTime() + restMs - 1, time -> {
            resting = false;
            scheduleWork();
        });
    }

    private void scheduleWork() {
        boolean rests = resting && shards.hasOnlyLong();
        if (!workScheduled && !rests) {
            workScheduled = true;
            try {
                mailbox.execute(this::work, "slices of fragments");
            } catch (RejectedExecutionException e) {
                LOG.debug("The task ends: what is under way is started again with its requests", e);
            }
        }
    }

    private void armTimer() {
        long next = shards.nextDeadlineMs();
        if (next < timerMs) {
            timerMs = next;
            getProcessingTimeService().registerTimer(next, time -> {
                timerMs = Long.MAX_VALUE;
                scheduleWork();
            });
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        shards.flush();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        catalog.snapshot();
    }

    @Override
    public void partial(Partial partial) {
        emit(partial);
    }

    @Override
    public void deadLetter(DeadLetter letter) {
        output.collect(RECORDS, new StreamRecord<>(deadLetters.of(letter)));
    }

    @Override
    public void event(EdgeChange change) {
        byte[] key = change.from().getBytes(StandardCharsets.UTF_8);
        output.collect(
                RECORDS,
                new StreamRecord<>(
                        new OutgoingRecord(settings.eventTopics().get(0), key, EventWriter.write(change), Map.of())));
    }

    @Override
    public void statistics(StatisticsMessage message) {
        byte[] key = message.key().getBytes(StandardCharsets.UTF_8);
        output.collect(
                RECORDS,
                new StreamRecord<>(
                        new OutgoingRecord(settings.statisticsTopic(), key, StatisticsCodec.write(message), Map.of())));
    }

    private void emit(ShardOutput value) {
        output.collect(element.replace(value));
    }

    @Override
    public void close() throws Exception {
        if (texts != null) {
            texts.close();
        }
        if (opened) {
            shards.close();
        }
        super.close();
    }

    /** Makes the operator, which needs the mailbox for its slices. */
    public static final class Factory extends AbstractStreamOperatorFactory<ShardOutput>
            implements TwoInputStreamOperatorFactory<ShardInput, LoopMessage, ShardOutput> {
        private static final long serialVersionUID = 1;

        private final QuerySettings settings;
        private final CatalogSource catalogSource;

        public Factory(QuerySettings settings, CatalogSource catalogSource) {
            this.settings = settings;
            this.catalogSource = catalogSource;
        }

        @Override
        @SuppressWarnings("unchecked") // Flink's signature; the cast holds for the one type that this makes.
        public <T extends StreamOperator<ShardOutput>> T createStreamOperator(
                StreamOperatorParameters<ShardOutput> parameters) {
            return (T) new RunFragment(parameters, settings, catalogSource);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return RunFragment.class;
        }
    }
}
