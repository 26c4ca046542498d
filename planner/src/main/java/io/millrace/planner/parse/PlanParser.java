package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.parse.StepDraft.Reference;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.Render;
import io.millrace.planner.plan.Step;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Parses a JSON plan and resolves it against a catalog. All that is wrong is found at once, in the order of the plan;
 * what only follows from another fault is not reported.
 */
public final class PlanParser {
    private static final Map<String, StepResolver> RESOLVERS = Map.of(
            "document.scan", new ScanResolver(),
            "vector.search", new SearchResolver(),
            "graph.traverse", new TraverseResolver(),
            "compute.filter", new FilterResolver(),
            "compute.aggregate", new AggregateResolver(),
            "compute.timeline", new TimelineResolver(),
            "compute.fuse", new FuseResolver(),
            "compute.read", new ReadResolver(),
            "graph.match", new MatchResolver());
    private static final List<String> AVAILABLE =
            RESOLVERS.keySet().stream().sorted().toList();

    private final Catalog catalog;
    private final PlanLimits limits;
    private final PatternReader patterns;

    public PlanParser(Catalog catalog, PlanLimits limits, PatternReader patterns) {
        this.catalog = catalog;
        this.limits = limits;
        this.patterns = patterns;
    }

    /** Returns the operations that a step may name, as {@code store.op}, in order. */
    public static List<String> operations() {
        return AVAILABLE;
    }

    /**
     * The outcome of parsing.
     *
     * @param plan null where there are problems
     */
    public record Parsed(@Nullable Plan plan, List<Problem> problems) {
        public Parsed {
            problems = List.copyOf(problems);
        }
    }

    /** @param nowMs what time ranges count back from: Kafka's timestamp of the request */
    public Parsed parse(JsonNode plan, Map<String, JsonNode> parameters, SearchOptions options, long nowMs) {
        List<Problem> problems = new ArrayList<>();
        PlanScope scope = new PlanScope(catalog, limits, parameters, options, nowMs, patterns);
        JsonObject root = new JsonObject(plan, "$.plan", problems);
        String id = root.string("plan_id");
        List<StepDraft> drafts = steps(root, new StepReader(parameters, limits), scope);
        JsonNode renders = root.take("render");
        root.finish();
        checkReferences(drafts, scope);
        StepOrder order = StepOrder.of(drafts);
        problems.addAll(order.cycles());
        noteWantedNames(renders, order, scope);
        Map<Integer, Step> steps = new HashMap<>();
        for (StepDraft draft : order.sorted()) {
            ResolvedStep resolved = resolve(draft, scope);
            if (resolved != null) {
                scope.resolved(resolved);
                steps.put(draft.place(), resolved.step());
            }
        }
        drafts.forEach(draft -> problems.addAll(draft.problems()));
        RenderParser renderParser = new RenderParser(scope);
        List<Render> rendered = renders(root, renders, renderParser);
        problems.addAll(renderParser.problems());
        if (!problems.isEmpty()) {
            return new Parsed(null, withoutConsequences(problems));
        }
        List<Step> inOrder = drafts.stream().map(draft -> stepOf(steps, draft)).toList();
        return new Parsed(new Plan(id, inOrder, rendered, renderParser.warnings()), List.of());
    }

    /** What lacks its parameter is not missing, too. */
    private static List<Problem> withoutConsequences(List<Problem> problems) {
        Set<String> places = problems.stream()
                .filter(problem -> problem.code() == ErrorCode.INVALID_PARAMETER)
                .map(problem -> String.valueOf(problem.path()))
                .collect(Collectors.toSet());
        return problems.stream()
                .filter(problem ->
                        problem.code() != ErrorCode.INVALID_PLAN || !places.contains(String.valueOf(problem.path())))
                .distinct()
                .toList();
    }

    private static Step stepOf(Map<Integer, Step> steps, StepDraft draft) {
        Step step = steps.get(draft.place());
        if (step == null) {
            throw new IllegalStateException("step " + draft.id() + " is unresolved without a problem");
        }
        return step;
    }

    private List<StepDraft> steps(JsonObject root, StepReader reader, PlanScope scope) {
        JsonNode node = root.take("steps");
        if (node == null || !node.isArray() || node.isEmpty()) {
            if (root.isObject()) {
                root.add(ErrorCode.INVALID_PLAN, "steps", "\"steps\" must be an array of at least one step");
            }
            return List.of();
        }
        if (node.size() > limits.stepsMax()) {
            root.add(
                    ErrorCode.INVALID_LIMIT,
                    "steps",
                    "a plan has at most " + limits.stepsMax() + " steps, got " + node.size());
            return List.of();
        }
        List<StepDraft> drafts = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            StepDraft draft = reader.read(i, node.get(i), root.path("steps") + "[" + i + "]");
            if (!draft.id().isEmpty() && scope.exists(draft.id())) {
                draft.problems()
                        .add(Problem.at(
                                ErrorCode.INVALID_NAME,
                                draft.path() + ".id",
                                "step id \"" + draft.id() + "\" is there twice"));
            } else if (!draft.id().isEmpty()) {
                scope.place(draft);
            }
            drafts.add(draft);
        }
        return drafts;
    }

    private static void checkReferences(List<StepDraft> drafts, PlanScope scope) {
        for (StepDraft draft : drafts) {
            for (Reference reference : draft.dependencies()) {
                if (!scope.exists(reference.step())) {
                    draft.problems()
                            .add(Problem.at(
                                            ErrorCode.INVALID_REFERENCE,
                                            reference.path(),
                                            "there is no step \"" + JsonObject.shortened(reference.step()) + "\"")
                                    .withAllowed(List.copyOf(scope.ids()))
                                    .withNearest(Nearest.of(reference.step(), scope.ids())));
                }
            }
        }
    }

    /** Every step learns what those behind it, and the renders of it and of them, call by name. */
    private static void noteWantedNames(@Nullable JsonNode renders, StepOrder order, PlanScope scope) {
        for (int i = 0; renders != null && renders.isArray() && i < renders.size(); i++) {
            String step = RenderParser.step(renders.get(i));
            if (step != null) {
                scope.want(step, RenderParser.names(renders.get(i)));
            }
        }
        List<StepDraft> sorted = order.sorted();
        for (int i = sorted.size() - 1; i >= 0; i--) {
            StepDraft draft = sorted.get(i);
            for (Reference reference : draft.dependencies()) {
                scope.want(reference.step(), draft.wanted());
                scope.want(reference.step(), scope.wantedOf(draft.id()));
            }
        }
    }

    private @Nullable ResolvedStep resolve(StepDraft draft, PlanScope scope) {
        if (draft.operation().isEmpty()) {
            return null;
        }
        StepResolver resolver = RESOLVERS.get(draft.operation());
        if (resolver != null) {
            return draft.params().isObject() ? resolver.resolve(draft, scope) : null;
        }
        String operation = JsonObject.shortened(draft.operation());
        draft.problems()
                .add(Problem.at(
                                ErrorCode.INVALID_OP,
                                draft.path() + ".op",
                                "there is no operation \"" + operation + "\"")
                        .withAllowed(AVAILABLE)
                        .withNearest(Nearest.of(operation, AVAILABLE)));
        return null;
    }

    private static List<Render> renders(JsonObject root, @Nullable JsonNode node, RenderParser parser) {
        if (node != null && !node.isArray()) {
            root.wrongType("render", "an array", node);
        }
        List<Render> renders = new ArrayList<>();
        for (int i = 0; node != null && node.isArray() && i < node.size(); i++) {
            Render render = parser.parse(node.get(i), root.path("render") + "[" + i + "]");
            if (render != null) {
                renders.add(render);
            }
        }
        return renders;
    }
}
