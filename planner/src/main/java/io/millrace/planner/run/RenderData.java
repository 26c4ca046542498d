package io.millrace.planner.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.plan.JsonValues;
import io.millrace.planner.plan.Render;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows that a render specification shows, as it shows them. */
final class RenderData {
    private static final String DATA = "data";
    private static final String VERTEX = "vertex";

    private RenderData() {}

    /** Puts the rows in the place of the name of their step; a graph has nodes and links as well. */
    static void bind(ObjectNode spec, Render render, ResultTable table) {
        ObjectNode data = spec.putObject(DATA);
        List<String> names = render.columns().isEmpty()
                ? table.columns().stream().map(Column::name).toList()
                : render.columns();
        ArrayNode columns = data.putArray("columns");
        names.forEach(columns::add);
        ArrayNode rows = data.putArray("rows");
        for (Object[] row : shown(render, table)) {
            ArrayNode cells = rows.addArray();
            names.forEach(name -> cells.add(cell(table, row, table.columnIndex(name))));
        }
        if ("force_graph".equals(spec.path("type").asText())) {
            bindGraph(spec, data, render, table);
        }
    }

    private static List<Object[]> shown(Render render, ResultTable table) {
        return table.rows().subList(0, Math.min(render.limit(), table.rows().size()));
    }

    private static JsonNode cell(ResultTable table, Object[] row, int place) {
        return place < 0
                ? JsonValues.of(ValueType.STRING, null)
                : JsonValues.of(table.columns().get(place).type(), row[place]);
    }

    /** A row is a link from its source, by default the first column, to its target, by default the vertex of a walk. */
    private static void bindGraph(ObjectNode spec, ObjectNode data, Render render, ResultTable table) {
        int source = spec.has("source") ? table.columnIndex(spec.get("source").asText()) : 0;
        int target = table.columnIndex(spec.path("target").asText(VERTEX));
        Map<String, JsonNode> nodes = new LinkedHashMap<>();
        ArrayNode links = data.arrayNode();
        for (Object[] row : shown(render, table)) {
            JsonNode from = cell(table, row, source);
            JsonNode to = cell(table, row, target);
            if (!from.isNull()) {
                nodes.putIfAbsent(from.asText(), from);
            }
            if (!to.isNull()) {
                nodes.putIfAbsent(to.asText(), to);
            }
            if (!from.isNull() && !to.isNull()) {
                ObjectNode link = links.addObject();
                link.set("source", from);
                link.set("target", to);
            }
        }
        ArrayNode shown = data.putArray("nodes");
        nodes.values().forEach(id -> shown.addObject().set("id", id));
        data.set("links", links);
    }
}
