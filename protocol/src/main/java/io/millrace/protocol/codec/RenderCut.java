package io.millrace.protocol.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts the data of render specifications at whole rows; a cut one says so by {@code truncated}. */
final class RenderCut {
    private RenderCut() {}

    /** Returns copies whose rows take at most {@code bytesMax} bytes each; one that fits stays as it is. */
    static List<JsonNode> cut(List<JsonNode> renders, long bytesMax) {
        List<JsonNode> cut = new ArrayList<>();
        for (JsonNode render : renders) {
            JsonNode rows = render.path("data").path("rows");
            int kept = rowsWithin(rows, bytesMax);
            cut.add(kept == rows.size() ? render : head((ObjectNode) render, kept));
        }
        return cut;
    }

    private static int rowsWithin(JsonNode rows, long bytesMax) {
        long bytes = 0;
        for (int i = 0; i < rows.size(); i++) {
            bytes += 1 + rows.get(i).toString().getBytes(StandardCharsets.UTF_8).length;
            if (bytes > bytesMax) {
                return i;
            }
        }
        return rows.size();
    }

    /** Copies down to the rows, which are shared. */
    private static ObjectNode head(ObjectNode render, int count) {
        ObjectNode data = render.objectNode();
        data.setAll((ObjectNode) render.get("data"));
        ArrayNode rows = render.arrayNode();
        for (int i = 0; i < count; i++) {
            rows.add(render.get("data").get("rows").get(i));
        }
        data.set("rows", rows);
        data.put("truncated", true);
        ObjectNode copy = render.objectNode();
        copy.setAll(render);
        copy.set("data", data);
        return copy;
    }
}
