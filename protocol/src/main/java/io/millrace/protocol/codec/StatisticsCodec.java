package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.statistics.DegreeStatistics;
import io.millrace.protocol.statistics.DegreeStatistics.Hub;
import io.millrace.protocol.statistics.FieldStatistics;
import io.millrace.protocol.statistics.FieldStatistics.ValueCount;
import io.millrace.protocol.statistics.StatisticsMessage;
import io.millrace.protocol.statistics.StatisticsMessage.OfCollection;
import io.millrace.protocol.statistics.StatisticsMessage.OfWork;
import io.millrace.protocol.statistics.WorkKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages of the statistics topic, as JSON. Names that are not known are skipped. */
public final class StatisticsCodec {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StatisticsCodec() {}

    public static byte[] write(StatisticsMessage message) {
        ObjectNode root = JSON.createObjectNode();
        if (message instanceof OfCollection collection) {
            root.put("shard", collection.shard());
            root.put("collection_id", collection.collectionId());
            root.put("rows", collection.rows());
            ArrayNode fields = root.putArray("fields");
            collection.fields().forEach(field -> write(field, fields.addObject()));
            ArrayNode degrees = root.putArray("degrees");
            collection.degrees().forEach(degree -> write(degree, degrees.addObject()));
            root.put("bytes", collection.bytes());
            root.put("at_ms", collection.atMs());
        } else {
            OfWork work = (OfWork) message;
            root.put("shard", work.shard());
            ObjectNode nanos = root.putObject("nanos");
            new TreeMap<>(work.nanos()).forEach((kind, each) -> nanos.put(kind.text(), each));
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot be written", e);
        }
    }

    private static void write(FieldStatistics field, ObjectNode out) {
        out.put("field", field.field());
        out.put("present", field.present());
        out.put("distinct", field.distinct());
        out.put("quantiles", field.quantiles());
        ArrayNode frequent = out.putArray("frequent");
        field.frequent().forEach(each -> frequent.addArray().add(each.value()).add(each.rows()));
    }

    private static void write(DegreeStatistics degree, ObjectNode out) {
        out.put("edge_type_id", degree.edgeTypeId());
        out.put("outgoing", degree.outgoing());
        out.put("vertices", degree.vertices());
        out.put("edges", degree.edges());
        out.put("degrees", degree.degrees());
        ArrayNode hubs = out.putArray("hubs");
        degree.hubs().forEach(hub -> hubs.addArray().add(hub.key()).add(hub.degree()));
        out.put("rowless_edges", degree.rowlessEdges());
    }

    /** @throws MillraceException INVALID_JSON if it is no such message */
    public static StatisticsMessage read(byte[] value) throws MillraceException {
        try {
            JsonNode root = JSON.readTree(value);
            if (root == null || !root.path("shard").isInt()) {
                throw new MillraceException(ErrorCode.INVALID_JSON, "a message of statistics names its shard");
            }
            return root.has("nanos") ? readWork(root) : readCollection(root);
        } catch (IOException e) {
            throw new MillraceException(ErrorCode.INVALID_JSON, "no message of statistics: " + e.getMessage());
        }
    }

    private static OfWork readWork(JsonNode root) {
        Map<WorkKind, Double> nanos = new EnumMap<>(WorkKind.class);
        for (WorkKind kind : WorkKind.values()) {
            JsonNode each = root.path("nanos").path(kind.text());
            if (each.isNumber()) {
                nanos.put(kind, each.doubleValue());
            }
        }
        return new OfWork(root.path("shard").intValue(), nanos);
    }

    private static OfCollection readCollection(JsonNode root) throws IOException {
        List<FieldStatistics> fields = new ArrayList<>();
        for (JsonNode field : root.path("fields")) {
            List<ValueCount> frequent = new ArrayList<>();
            for (JsonNode each : field.path("frequent")) {
                frequent.add(new ValueCount(each.path(0).asText(), each.path(1).longValue()));
            }
            fields.add(new FieldStatistics(
                    field.path("field").asText(),
                    field.path("present").longValue(),
                    bytes(field, "distinct"),
                    bytes(field, "quantiles"),
                    frequent));
        }
        List<DegreeStatistics> degrees = new ArrayList<>();
        for (JsonNode degree : root.path("degrees")) {
            List<Hub> hubs = new ArrayList<>();
            for (JsonNode hub : degree.path("hubs")) {
                hubs.add(new Hub(hub.path(0).asText(), hub.path(1).longValue()));
            }
            degrees.add(new DegreeStatistics(
                    degree.path("edge_type_id").longValue(),
                    degree.path("outgoing").booleanValue(),
                    degree.path("vertices").longValue(),
                    degree.path("edges").longValue(),
                    bytes(degree, "degrees"),
                    hubs,
                    degree.path("rowless_edges").longValue()));
        }
        return new OfCollection(
                root.path("shard").intValue(),
                root.path("collection_id").longValue(),
                root.path("rows").longValue(),
                fields,
                degrees,
                root.path("bytes").longValue(),
                root.path("at_ms").longValue());
    }

    private static byte[] bytes(JsonNode of, String name) throws IOException {
        byte[] bytes = of.path(name).binaryValue();
        return bytes == null ? new byte[0] : bytes;
    }
}
