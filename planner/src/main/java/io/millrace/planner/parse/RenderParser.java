package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.Render;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks render specifications. A column that the step does not have is a warning, and null in every row. */
final class RenderParser {
    private static final Map<String, List<String>> COLUMN_FIELDS = Map.of(
            "summary", List.of(),
            "bar_chart", List.of("x", "y", "series"),
            "line_chart", List.of("x", "y", "series"),
            "force_graph", List.of("source", "target"),
            "table", List.of());

    private static final Map<String, List<String>> REQUIRED =
            Map.of("bar_chart", List.of("x", "y"), "line_chart", List.of("x", "y"));

    private final PlanScope scope;
    private final PlanLimits limits;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();

    RenderParser(PlanScope scope) {
        this.scope = scope;
        limits = scope.limits;
    }

    List<Problem> problems() {
        return problems;
    }

    List<Problem> warnings() {
        return warnings;
    }

    /** Returns the step that a specification shows, for the names it uses; null where it names none. */
    static @Nullable String step(JsonNode spec) {
        return spec.path("data").isTextual() ? spec.get("data").textValue() : null;
    }

    /** Returns every name in a specification that could be one of a column. */
    static Set<String> names(JsonNode spec) {
        Set<String> names = new TreeSet<>();
        StepReader.collectText(spec, names, 3);
        return names;
    }

    /** Returns the specification; null where it is wrong or its step is. */
    @Nullable Render parse(JsonNode node, String path) {
        int before = problems.size();
        JsonObject spec = new JsonObject(node, path, problems);
        String type = type(spec);
        String data = spec.isObject() ? spec.requiredString("data") : null;
        spec.string("title");
        int limit = spec.integer("limit", 1, limits.rowsMax(), limits.renderRows());
        List<String> columns = "table".equals(type) ? spec.strings("columns") : List.of();
        List<String> used = new ArrayList<>(columns);
        for (String field : type == null ? List.<String>of() : COLUMN_FIELDS.getOrDefault(type, List.of())) {
            String column = spec.string(field);
            if (column != null) {
                used.add(column);
            } else if (type != null && REQUIRED.getOrDefault(type, List.of()).contains(field) && !spec.has(field)) {
                spec.add(Problem.at(
                        ErrorCode.INVALID_RENDER,
                        spec.path(field),
                        "a " + type + " needs a column for \"" + field + "\""));
            }
        }
        if (type != null) {
            spec.finish();
        }
        if (data != null && !scope.exists(data)) {
            spec.add(Problem.at(
                            ErrorCode.INVALID_REFERENCE,
                            spec.path("data"),
                            "there is no step \"" + JsonObject.shortened(data) + "\"")
                    .withAllowed(List.copyOf(scope.ids()))
                    .withNearest(Nearest.of(data, scope.ids())));
        }
        ResolvedStep step = scope.step(data);
        if (step == null || problems.size() > before) {
            return null;
        }
        used.forEach(column -> warnIfUnknown(step, column, path));
        return new Render(node.toString(), step.place(), columns, limit);
    }

    private @Nullable String type(JsonObject spec) {
        List<String> allowed = List.of("summary", "bar_chart", "line_chart", "force_graph", "table");
        String type = spec.isObject() ? spec.requiredString("type") : null;
        if (type == null || allowed.contains(type)) {
            return type;
        }
        spec.add(Problem.at(
                        ErrorCode.INVALID_RENDER,
                        spec.path("type"),
                        "unknown render type \"" + JsonObject.shortened(type) + "\"")
                .withAllowed(allowed)
                .withNearest(Nearest.of(type, allowed)));
        return null;
    }

    private void warnIfUnknown(ResolvedStep step, String column, String path) {
        if (step.columnIndex(column) < 0) {
            warnings.add(new ColumnScope(step, null).unknown(column, path));
        }
    }
}
