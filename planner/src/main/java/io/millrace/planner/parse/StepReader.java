package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.planner.parse.StepDraft.Reference;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.fragment.FragmentOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the frame of a step: everything but the meaning of its params. */
final class StepReader {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int DEPTH_MAX = 8;

    private final Map<String, JsonNode> parameters;
    private final PlanLimits limits;

    StepReader(Map<String, JsonNode> parameters, PlanLimits limits) {
        this.parameters = parameters;
        this.limits = limits;
    }

    /** Returns the draft; it has the id "" where the step names none. */
    StepDraft read(int place, JsonNode node, String path) {
        List<Problem> problems = new ArrayList<>();
        JsonObject step = new JsonObject(node, path, problems);
        String id = step.isObject() ? step.requiredString("id") : null;
        if (id != null && !ID.matcher(id).matches()) {
            step.add(
                    ErrorCode.INVALID_NAME,
                    "id",
                    "a step id has 1 to 64 letters, digits, _ and -, got \"" + JsonObject.shortened(id) + "\"");
        }
        String operation = step.isObject() ? operation(step) : "";
        long timeoutMs = timeout(step);
        List<Reference> references = new ArrayList<>();
        List<String> dependsOn = step.strings("depends_on");
        for (int i = 0; i < dependsOn.size(); i++) {
            references.add(new Reference(dependsOn.get(i), step.path("depends_on") + "[" + i + "]"));
        }
        JsonNode params = params(step, problems);
        addReferences(params, step.path("params"), operation, references);
        Set<String> wanted = new TreeSet<>();
        collectText(params, wanted, DEPTH_MAX);
        if (params.path("condition").isTextual()) {
            wanted.addAll(ConditionReader.names(params.get("condition").textValue()));
        }
        addEventTime(operation, params, wanted);
        step.finish();
        return new StepDraft(
                place, id == null ? "" : id, operation, path, params, references, wanted, timeoutMs, problems);
    }

    /** Returns {@code store.op}; "" where it is not known, with a problem. */
    private static String operation(JsonObject step) {
        if (step.has("store")) {
            String store = step.string("store");
            String op = step.requiredString("op");
            return store == null || op == null ? "" : store + "." + op;
        }
        String op = step.requiredString("op");
        String meant = op == null ? "" : meant(op);
        int dot = meant.indexOf('.');
        String hint = dot < 0
                ? ""
                : ": " + meant + " is written as \"store\": \"" + meant.substring(0, dot) + "\", \"op\": \""
                        + meant.substring(dot + 1) + "\"";
        step.add(ErrorCode.INVALID_PLAN, "store", "\"store\" is missing" + hint);
        return meant;
    }

    /** Returns the operation that an op without a store can only mean, or names itself; "" if it may be none or several. */
    private static String meant(String op) {
        List<String> candidates = PlanParser.operations().stream()
                .filter(operation -> operation.equals(op) || operation.endsWith("." + op))
                .toList();
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        return op.indexOf('.') > 0 ? op : "";
    }

    /** A timeline goes by event time unless another field is named; so do the first and the last of a group. */
    private static void addEventTime(String operation, JsonNode params, Set<String> wanted) {
        boolean timeline = operation.equals("compute.timeline") && !params.has("time_field");
        boolean ordered =
                operation.equals("compute.aggregate") && (wanted.contains("first") || wanted.contains("last"));
        if (timeline || ordered) {
            wanted.add(FragmentOperation.TIMESTAMP);
        }
    }

    private long timeout(JsonObject step) {
        Long timeoutMs = step.integer("timeout_ms", 1, Request.TIMEOUT_MS_MAX);
        return timeoutMs == null ? limits.stepTimeoutMs() : timeoutMs;
    }

    private JsonNode params(JsonObject step, List<Problem> problems) {
        JsonNode params = step.take("params");
        if (params != null && params.isObject()) {
            return new Parameters(parameters, problems).replace(params, step.path("params"));
        }
        if (params != null) {
            step.wrongType("params", "an object", params);
        } else if (step.isObject()) {
            step.add(ErrorCode.INVALID_PLAN, "params", "\"params\" is missing");
        }
        return MissingNode.getInstance();
    }

    private static void addReferences(JsonNode params, String path, String operation, List<Reference> references) {
        if (operation.startsWith("compute.")) {
            addReference(params.get("input"), path + ".input", references);
            addReference(params.get("join"), path + ".join", references);
        }
        switch (operation) {
            case "graph.traverse" -> addReference(params.path("start").get("ref"), path + ".start.ref", references);
            case "vector.search" ->
                addReference(params.path("query_ref").get("ref"), path + ".query_ref.ref", references);
            case "compute.read" ->
                params.path("filter")
                        .properties()
                        .forEach(entry -> addReference(
                                entry.getValue().get("ref"),
                                JsonObject.child(path + ".filter", entry.getKey()) + ".ref",
                                references));
            default -> {}
        }
    }

    private static void addReference(@Nullable JsonNode node, String path, List<Reference> references) {
        if (node != null && node.isTextual()) {
            references.add(new Reference(node.textValue(), path));
        }
        for (int i = 0; node != null && node.isArray() && i < node.size(); i++) {
            if (node.get(i).isTextual()) {
                references.add(new Reference(node.get(i).textValue(), path + "[" + i + "]"));
            }
        }
    }

    /** Adds every text, and the column part of every {@code step.column}, down to a depth. */
    static void collectText(JsonNode node, Set<String> names, int depth) {
        if (node.isTextual()) {
            String text = node.textValue();
            names.add(text);
            names.add(text.substring(text.indexOf('.') + 1));
        } else if (depth > 0 && node.isContainerNode()) {
            node.forEach(child -> collectText(child, names, depth - 1));
        }
    }
}
