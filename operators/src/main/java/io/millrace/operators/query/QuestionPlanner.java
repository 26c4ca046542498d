package io.millrace.operators.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.operators.types.WaitingRequest;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.generate.PlanTask;
import io.millrace.planner.plan.JsonValues;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.DecodedRequest;
import io.millrace.protocol.codec.RequestCodec;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Plans requests with a question: by the plan that comes with it, which is kept, or by one that is kept, or by one that was
 * generated meanwhile. The current key is that of the question.
 */
final class QuestionPlanner implements WaitingQuestions.Planner {
    private final Host host;
    private final RequestPlanner planner;
    private final RequestCodec codec;
    private final PlanCache plans;
    private final Counter hits;
    private final Counter misses;

    /** The operator around it. */
    interface Host {
        Catalog catalog();

        long nowMs();

        void emit(PlannedRequest planned);
    }

    QuestionPlanner(Host host, RequestPlanner planner, RequestCodec codec, PlanCache plans, MetricGroup metrics) {
        this.host = host;
        this.planner = planner;
        this.codec = codec;
        this.plans = plans;
        hits = metrics.counter("planCacheHits");
        misses = metrics.counter("planCacheMisses");
        metrics.gauge("cachedPlans", plans::size);
    }

    /** Plans a request by its own plan or by one that is kept; where neither is there, it lacks one. */
    PlannedRequest plan(Request request, RequestOrigin origin) throws Exception {
        long nowMs = host.nowMs();
        JsonNode given = request.plan();
        if (given != null) {
            PlannedRequest planned = planner.plan(request, origin, host.catalog(), nowMs);
            if (planned.outcome() instanceof PlannedRequest.Run) {
                keep(given);
            }
            return planned;
        }
        JsonNode kept = kept();
        (kept == null ? misses : hits).inc();
        return planner.plan(request, kept, PlanSource.CACHE, origin, host.catalog(), nowMs);
    }

    private void keep(JsonNode plan) throws Exception {
        plans.put(plan.toString(), host.catalog().version(), host.nowMs());
    }

    private @Nullable JsonNode kept() throws Exception {
        String plan = plans.get(host.catalog().version(), host.nowMs());
        return plan == null ? null : JsonValues.parse(plan);
    }

    /** Answers a request that cannot wait. */
    void refuse(Request request, Problem problem, RequestOrigin origin) {
        host.emit(planner.refuse(request, List.of(problem), origin, host.catalog(), host.nowMs()));
    }

    /** The task holds the bytes of the request, not what was read of them: that may be far larger. */
    @Override
    public @Nullable PlanTask task(WaitingRequest waiting) {
        Request request = read(waiting).request();
        Catalog catalog = host.catalog();
        return request == null || request.question() == null
                ? null
                : planner.task(
                        request,
                        request.question(),
                        waiting.origin(),
                        catalog,
                        plan -> problems(plan, waiting, catalog));
    }

    /** Runs on threads of the generator, too. */
    private List<Problem> problems(JsonNode plan, WaitingRequest asker, Catalog catalog) {
        DecodedRequest decoded = read(asker);
        Request request = decoded.request();
        return request == null ? decoded.problems() : planner.problems(request, plan, asker.origin(), catalog);
    }

    /** A plan that somebody has sent for the question meanwhile outranks the generated one. */
    @Override
    public void go(WaitingRequest asker, @Nullable JsonNode plan, List<Problem> problems, List<WaitingRequest> waiting)
            throws Exception {
        JsonNode kept = kept();
        Catalog catalog = host.catalog();
        if (kept == null && plan != null && problems(plan, asker, catalog).isEmpty()) {
            keep(plan);
        }
        for (WaitingRequest each : waiting) {
            if (kept == null && !problems.isEmpty()) {
                answer(each, problems);
            } else {
                PlanSource source = kept == null ? PlanSource.GENERATED : PlanSource.CACHE;
                JsonNode found = kept == null ? plan : kept;
                emit(each, request -> planner.plan(request, found, source, each.origin(), catalog, each.arrivedMs()));
            }
        }
    }

    /** Answers requests for which no plan came in time. */
    void expire(List<WaitingRequest> expired) {
        for (WaitingRequest each : expired) {
            String message = "no plan was generated within " + (each.deadlineMs() - each.arrivedMs()) + " ms";
            answer(
                    each,
                    List.of(Problem.at(ErrorCode.DEADLINE_EXCEEDED, "$.question", message)
                            .withHint("ask again, perhaps with a longer timeout_ms")));
        }
    }

    private void answer(WaitingRequest waiting, List<Problem> problems) {
        Catalog catalog = host.catalog();
        emit(waiting, request -> planner.refuse(request, problems, waiting.origin(), catalog, waiting.arrivedMs()));
    }

    /** One that could be read when it came, and cannot be read by the bounds of now, is answered with why. */
    private void emit(WaitingRequest waiting, Function<Request, PlannedRequest> planned) {
        DecodedRequest decoded = read(waiting);
        Request request = decoded.request();
        host.emit(
                request != null
                        ? planned.apply(request)
                        : PlannedRequest.refused(
                                decoded.requestId(), waiting.origin(), decoded.problems(), host.nowMs()));
    }

    private DecodedRequest read(WaitingRequest waiting) {
        return codec.read(waiting.value(), waiting.defaultId());
    }
}
