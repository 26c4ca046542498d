package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.cost.Statistics;
import io.millrace.planner.cost.StrategyChoice;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.explain.ExplainLog;
import io.millrace.planner.explain.Explanation;
import io.millrace.planner.generate.PlanTask;
import io.millrace.planner.grammar.MillraceParser.QueryContext;
import io.millrace.planner.grammar.MillraceParser.StatementContext;
import io.millrace.planner.parse.PlanParser;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlanSource;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequest.Answer;
import io.millrace.planner.plan.PlannedRequest.Outcome;
import io.millrace.planner.query.QueryPlanner;
import io.millrace.planner.rule.GroupPushDown;
import io.millrace.planner.rule.StrategyRule;
import io.millrace.planner.statement.ExplainWords;
import io.millrace.planner.statement.StatementParser;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Question;
import io.millrace.protocol.Request;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes of a request what a coordinator runs or answers. Stateless but for its limits and what it is told of the data, and without a clock. */
public final class RequestPlanner {
    private final PlanLimits limits;
    private final SearchDefaults defaults;
    private final StrategyChoice strategies;
    private final Map<String, JsonNode> session;

    public RequestPlanner(PlanLimits limits) {
        this(limits, SearchDefaults.DEFAULT);
    }

    public RequestPlanner(PlanLimits limits, SearchDefaults defaults) {
        this(limits, defaults, new StrategyChoice(new Statistics(), HybridSettings.DEFAULT));
    }

    /** @param strategies decides for searches across vectors and graph */
    public RequestPlanner(PlanLimits limits, SearchDefaults defaults, StrategyChoice strategies) {
        this(limits, defaults, strategies, Map.of());
    }

    private RequestPlanner(
            PlanLimits limits, SearchDefaults defaults, StrategyChoice strategies, Map<String, JsonNode> session) {
        this.limits = limits;
        this.defaults = defaults;
        this.strategies = strategies;
        this.session = Map.copyOf(session);
    }

    /** Returns a planner for requests of a session, whose settings hold where a request says nothing itself. */
    public RequestPlanner of(SessionSettings settings) {
        return new RequestPlanner(limits, defaults, strategies, settings.options());
    }

    /** Returns the setting that a request makes for its session; null for one that makes none, or a wrong one. */
    public SessionSettings.@Nullable Setting setting(Request request) {
        String text = request.statement();
        return text != null && StatementParser.isAssignment(text)
                ? new Assignment(request, defaults).setting(text)
                : null;
    }

    /**
     * Plans a request; whatever is wrong with it becomes the answer. The timeout counts from Kafka's timestamp, or from
     * now where that lies ahead; time ranges count back from Kafka's timestamp.
     */
    public PlannedRequest plan(Request request, RequestOrigin origin, Catalog catalog, long nowMs) {
        return plan(request, null, PlanSource.REQUEST, origin, catalog, nowMs);
    }

    /**
     * Plans a request that has only a question, by a plan that is kept or was generated for it.
     *
     * @param plan null where there is none
     */
    public PlannedRequest plan(
            Request request,
            @Nullable JsonNode plan,
            PlanSource source,
            RequestOrigin origin,
            Catalog catalog,
            long nowMs) {
        long startedMs = Math.min(origin.timestampMs(), nowMs);
        long deadlineMs = startedMs + request.timeoutMs();
        Request asked = explained(request);
        Outcome outcome = deadlineMs <= nowMs
                ? Answer.error(Problem.of(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "the request was read " + (nowMs - startedMs)
                                        + " ms after it was written, its timeout is " + request.timeoutMs() + " ms")
                        .withHint("ask again, perhaps with a longer timeout_ms"))
                : outcome(asked, plan, source, origin, catalog);
        return planned(asked, origin, catalog, nowMs, outcome);
    }

    /** A statement that says EXPLAIN is explained, whatever the request says beside it. */
    private static Request explained(Request request) {
        ExplainLevel level = request.statement() == null ? null : ExplainWords.level(request.statement());
        return level == null ? request : request.explained(level);
    }

    /** Returns the request as answered with {@code problems}. */
    public PlannedRequest refuse(
            Request request, List<Problem> problems, RequestOrigin origin, Catalog catalog, long nowMs) {
        return planned(request, origin, catalog, nowMs, Answer.errors(problems));
    }

    private static PlannedRequest planned(
            Request request, RequestOrigin origin, Catalog catalog, long nowMs, Outcome outcome) {
        long startedMs = Math.min(origin.timestampMs(), nowMs);
        return new PlannedRequest(
                request.requestId(),
                origin,
                ContentHash.of(request),
                request.explain(),
                request.minOffsets(),
                request.maxLagMs(),
                request.returnAll(),
                startedMs,
                startedMs + request.timeoutMs(),
                catalog.version(),
                outcome);
    }

    /**
     * Returns what a generator needs to know to make a plan for the question of a request.
     *
     * @param check of a plan, such as {@link #problems}
     */
    public PlanTask task(
            Request request, Question question, RequestOrigin origin, Catalog catalog, PlanTask.Check check) {
        return new PlanTask(
                question,
                PlanTask.kinds(request.parameters()),
                origin.timestampMs(),
                catalog,
                defaults.texts().embedder() != null,
                check);
    }

    /** Returns all that is wrong with a plan for the question of a request, at paths below {@code $.plan}. */
    public List<Problem> problems(Request request, JsonNode plan, RequestOrigin origin, Catalog catalog) {
        SearchOptions options = options(request.options(), new ArrayList<>());
        return new PlanParser(catalog, limits(request), new PatternText())
                .parse(plan, request.parameters(), options, origin.timestampMs())
                .problems();
    }

    /** Returns all that is wrong with what a request asks for and with its options; nothing for a question without a plan. */
    public List<Problem> problems(Request request, RequestOrigin origin, Catalog catalog) {
        Request unexplained = request.explained(ExplainLevel.NONE); // Nothing of it is run, or shown.
        Outcome outcome = outcome(unexplained, null, PlanSource.REQUEST, origin, catalog);
        return outcome instanceof Answer answer
                ? answer.errors().stream()
                        .filter(problem -> problem.code() != ErrorCode.PLAN_REQUIRED)
                        .toList()
                : List.of();
    }

    private Outcome outcome(
            Request request, @Nullable JsonNode known, PlanSource source, RequestOrigin origin, Catalog catalog) {
        List<Problem> problems = new ArrayList<>();
        SearchOptions options = options(request.options(), problems);
        JsonNode own = request.plan();
        JsonNode plan = own != null ? own : known;
        if (plan != null) {
            PlanParser.Parsed parsed = new PlanParser(catalog, limits(request), new PatternText())
                    .parse(plan, request.parameters(), options, origin.timestampMs());
            PlanSource from =
                    own == null ? source : request.question() == null ? PlanSource.REQUEST : PlanSource.STORED;
            parsed.problems().forEach(problem -> problems.add(from.mark(problem)));
            Plan right = parsed.plan();
            return planned(request, right == null ? null : right.from(from), catalog, problems);
        }
        String statement = request.statement();
        if (statement != null) {
            Outcome outcome = statement(request, statement, options, catalog);
            if (outcome instanceof PlannedRequest.Run run) {
                return planned(request, run.plan(), catalog, problems);
            }
            if (outcome instanceof Answer answer) {
                problems.addAll(answer.errors());
            }
            return problems.isEmpty() ? outcome : Answer.errors(problems);
        }
        if (problems.isEmpty()) {
            problems.add(
                    request.question() == null
                            ? Problem.at(
                                    ErrorCode.INVALID_REQUEST, "$", "one of plan, statement and question is needed")
                            : Problem.at(ErrorCode.PLAN_REQUIRED, "$.question", "there is no plan for this question")
                                    .withHint("send the question together with a plan"));
        }
        return Answer.errors(problems);
    }

    private Outcome statement(Request request, String text, SearchOptions options, Catalog catalog) {
        StatementContext tree;
        try {
            tree = StatementParser.parse(text);
        } catch (MillraceException e) {
            return Answer.errors(e.problems());
        }
        if (tree.assign() != null) {
            return new Assignment(request, defaults).answer(tree.assign());
        }
        QueryContext query = tree.explain() != null ? tree.explain().query() : tree.query();
        return query != null
                ? new QueryPlanner(catalog, limits(request), options).plan(query, request.parameters())
                : new StatementPlanner(catalog, limits(request), defaults)
                        .plan(request.requestId(), tree, request.parameters());
    }

    private Outcome planned(Request request, @Nullable Plan plan, Catalog catalog, List<Problem> problems) {
        if (plan == null || !problems.isEmpty()) {
            return Answer.errors(problems);
        }
        Plan chosen = StrategyRule.apply(GroupPushDown.apply(plan, request.returnAll()), strategies);
        if (request.explain() == ExplainLevel.PLAN) {
            Explanation explained = Explain.plan(chosen, catalog.version());
            ExplainLog.log(request.requestId(), () -> explained);
            return new Answer(null, explained.json().toString(), List.of(), plan.warnings());
        }
        return new PlannedRequest.Run(chosen);
    }

    /** Who asks for more time than usual means the steps, too: a statement has no other word for theirs. */
    private PlanLimits limits(Request request) {
        return request.timeoutMs() > Request.TIMEOUT_MS_DEFAULT ? limits.withStepTimeout(request.timeoutMs()) : limits;
    }

    private SearchOptions options(Map<String, JsonNode> options, List<Problem> problems) {
        Map<String, JsonNode> all = new HashMap<>(session);
        all.putAll(options);
        return RequestOptions.read(all, defaults, problems);
    }
}
