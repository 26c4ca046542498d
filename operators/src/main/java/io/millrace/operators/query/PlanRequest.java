package io.millrace.operators.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.SourceRecord;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.plan.JsonValues;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.Request;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.codec.DecodedRequest;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.fragment.ControlApplied;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Turns requests, keyed by question, session or id, into plans and answers, by the catalog of the control stream. */
public final class PlanRequest extends AbstractStreamOperator<CoordinatorInput>
        implements TwoInputStreamOperator<IncomingRequest, SourceRecord, CoordinatorInput> {
    private static final long serialVersionUID = 1;

    private final QuerySettings settings;
    private final CatalogSource catalogSource;
    private transient CatalogReplica catalog;
    private transient RequestCodec codec;
    private transient RequestPlanner planner;
    private transient PlanCache plans;
    private transient Counter hits;
    private transient Counter misses;
    private transient StreamRecord<CoordinatorInput> element;

    public PlanRequest(QuerySettings settings, CatalogSource catalogSource) {
        this.settings = settings;
        this.catalogSource = catalogSource;
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
        planner = new RequestPlanner(
                settings.planLimits(),
                settings.searchDefaults(getRuntimeContext().getUserCodeClassLoader()));
        int planners = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        plans = PlanCache.open(
                getKeyedStateBackend(),
                (settings.cachedPlansMax() + planners - 1) / planners,
                settings.cachedPlanTtlMs());
        hits = getMetricGroup().counter("planCacheHits");
        misses = getMetricGroup().counter("planCacheMisses");
        getMetricGroup().gauge("cachedPlans", plans::size);
        element = new StreamRecord<>(null);
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
        long nowMs = getProcessingTimeService().getCurrentProcessingTime();
        PlannedRequest planned;
        if (!incoming.problems().isEmpty()) {
            planned = PlannedRequest.refused(decoded.requestId(), incoming.origin(), incoming.problems(), nowMs);
        } else if (request == null) {
            planned = PlannedRequest.refused(decoded.requestId(), incoming.origin(), decoded.problems(), nowMs);
        } else {
            planned = plan(request, incoming.origin(), nowMs);
        }
        emit(new CoordinatorInput.Planned(planned));
    }

    private PlannedRequest plan(Request request, RequestOrigin origin, long nowMs) throws Exception {
        JsonNode given = request.plan();
        if (request.question() == null) {
            return planner.plan(request, origin, catalog.catalog(), nowMs);
        }
        if (given != null) {
            PlannedRequest planned = planner.plan(request, origin, catalog.catalog(), nowMs);
            if (planned.outcome() instanceof PlannedRequest.Run) {
                plans.put(given.toString(), catalog.catalog().version(), nowMs);
            }
            return planned;
        }
        String kept = plans.get(catalog.catalog().version(), nowMs);
        (kept == null ? misses : hits).inc();
        JsonNode plan = kept == null ? null : JsonValues.parse(kept);
        return planner.plan(request, plan, PlanSource.CACHE, origin, catalog.catalog(), nowMs);
    }

    @Override
    public void processElement2(StreamRecord<SourceRecord> input) {
        SourceRecord entry = input.getValue();
        byte[] value = entry.value() == null ? new byte[0] : entry.value();
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        catalog.apply(entry.offset(), value)
                .ifPresent(applied -> emit(new CoordinatorInput.Acknowledged(
                        new ControlApplied(applied.requestId(), true, List.of(subtask), applied.outcome()))));
    }

    private void emit(CoordinatorInput value) {
        output.collect(element.replace(value));
    }
}
