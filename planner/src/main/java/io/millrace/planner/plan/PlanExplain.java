package io.millrace.planner.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Step.ComputeAggregate;
import io.millrace.planner.plan.Step.ComputeFilter;
import io.millrace.planner.plan.Step.ComputeFuse;
import io.millrace.planner.plan.Step.ComputeRead;
import io.millrace.planner.plan.Step.ComputeTimeline;
import io.millrace.planner.plan.Step.DocumentGroups;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.Step.GraphTraverse;
import io.millrace.planner.plan.Step.IndexStatus;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.Step.Vertices;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan as JSON for {@code explain}: what each step will do, and on what. */
public final class PlanExplain {
    private PlanExplain() {}

    /** Returns {@code {"plan_id", "plan_from", "steps": [{"id", "op", …, "depends_on"}]}}. */
    public static ObjectNode of(Plan plan) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        if (plan.id() != null) {
            root.put("plan_id", plan.id());
        }
        if (plan.source() != PlanSource.REQUEST) {
            root.put("plan_from", plan.source().text());
        }
        ArrayNode steps = root.putArray("steps");
        for (Step step : plan.steps()) {
            ObjectNode node = steps.addObject();
            node.put("id", step.id());
            facts(step).forEach((name, value) -> put(node, name, value));
            if (step instanceof DocumentGroups groups) {
                ArrayNode consumers = node.putArray("groups_for");
                groups.consumers()
                        .forEach(each ->
                                consumers.add(plan.steps().get(each.step()).id()));
            }
            ArrayNode dependencies = node.putArray("depends_on");
            step.dependencies()
                    .forEach(place -> dependencies.add(plan.steps().get(place).id()));
        }
        return root;
    }

    /** Returns what is known of a step before it runs, in order. */
    public static Map<String, Object> facts(Step step) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("op", step.operation());
        if (step instanceof DocumentScan scan) {
            facts.put("collection", scan.collection());
            facts.put("path", scan.keys() == null ? "SCAN" : "KEYS");
            if (scan.keys() != null) {
                facts.put("keys", (long) scan.keys().size());
            }
            facts.put("limit", (long) scan.limit().rows());
        } else if (step instanceof DocumentGroups groups) {
            facts.put("collection", groups.collection());
            facts.put("path", "GROUPS");
        } else if (step instanceof VectorSearch search) {
            addSearch(search, facts);
        } else if (step instanceof GraphTraverse traverse) {
            facts.put("collection", traverse.collections().get(0).collection());
            facts.put("depth", (long) traverse.depth());
        } else if (step instanceof GraphMatch match) {
            addMatch(match.pattern(), facts);
            facts.put("limit", (long) match.limit().rows());
        } else if (step instanceof ComputeFilter filter && filter.join() != null) {
            facts.put("join", filter.join().type().name().toLowerCase(Locale.ROOT));
        } else if (step instanceof ComputeAggregate aggregate) {
            facts.put("group_columns", (long) aggregate.groupBy().size());
        } else if (step instanceof ComputeTimeline timeline) {
            facts.put("bucket", timeline.bucket().text());
        } else if (step instanceof ComputeFuse fuse) {
            facts.put("method", fuse.fusion().method().text());
            facts.put("lists", (long) fuse.lists().size());
        } else if (step instanceof IndexStatus status) {
            facts.put("type", "index_status");
            addIfThere(facts, "index", status.index());
        } else if (step instanceof ComputeRead read) {
            facts.put("type", read.reading().type());
            facts.putAll(read.reading().facts());
        }
        return facts;
    }

    private static void addMatch(Pattern pattern, Map<String, Object> facts) {
        facts.put(
                "collections",
                pattern.collections().stream().map(Vertices::collection).collect(Collectors.joining(", ")));
        facts.put("hops", (long)
                pattern.edges().stream().mapToInt(PatternEdge::most).sum());
    }

    private static void addSearch(VectorSearch search, Map<String, Object> facts) {
        facts.put("collection", search.collection());
        facts.put("field", search.search().field());
        addIfThere(facts, "index", search.index());
        facts.put("metric", search.search().metric().name().toLowerCase(Locale.ROOT));
        facts.put("path", search.reason() == null ? "ANN" : "EXACT");
        addIfThere(facts, "reason", search.reason());
        addIfThere(facts, "query", query(search.later()));
        facts.put("k", (long) search.search().k());
        if (search.reason() == null) {
            facts.put("ef_search", (long) search.search().efSearch());
            facts.put("alpha", search.search().alpha());
        }
    }

    private static @Nullable String query(@Nullable LaterQuery later) {
        return later == null ? null : later instanceof RowQuery ? "row" : "text";
    }

    private static void addIfThere(Map<String, Object> facts, String name, @Nullable String value) {
        if (value != null) {
            facts.put(name, value);
        }
    }

    /** Puts a fact: text, a long or a double. */
    public static void put(ObjectNode node, String name, Object value) {
        if (value instanceof Long number) {
            node.put(name, number);
        } else if (value instanceof Double number) {
            node.put(name, number);
        } else {
            node.put(name, value.toString());
        }
    }
}
