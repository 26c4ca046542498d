package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.CompositeKey;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.Mutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the change events of Debezium, with or without their schema: create, read (of a snapshot) and update replace
 * the row by {@code after}; delete removes it. The key is that of the record, its fields in their order; where records
 * have no key, the configured columns of the row. The collection is the configured one, else the table of the source.
 */
final class DebeziumEventDecoder implements EventDecoder {
    private final EventSource source;
    private final int bytesMax;
    private final ObjectMapper json;
    private final FieldEncoder encoder = new FieldEncoder("$.after");

    DebeziumEventDecoder(EventSource source, int bytesMax) {
        this.source = source;
        this.bytesMax = bytesMax;
        json = JsonMapper.builder(JsonLimits.trees(bytesMax))
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS) // Nested JSON keeps its digits,
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES) // and 1.0 does not become 1.
                .build();
    }

    @Override
    public Mutation decode(byte @Nullable [] key, byte @Nullable [] value) throws MillraceException {
        if (value == null) {
            return delete(tableOfTopic(), key, null);
        }
        JsonNode envelope = payload(parse(value));
        String op = envelope.path("op").asText("");
        String table = table(envelope);
        return switch (op) {
            case "c", "r", "u" -> upsert(table, key, row(envelope, "after"));
            case "d" -> delete(table, key, envelope.get("before"));
            default ->
                throw new MillraceException(Problem.at(
                                ErrorCode.INVALID_EVENT, "$.op", "Debezium operation \"" + op + "\" cannot be applied")
                        .withAllowed(List.of("c", "r", "u", "d")));
        };
    }

    private Mutation upsert(String table, byte @Nullable [] key, JsonNode after) throws MillraceException {
        List<Problem> problems = new ArrayList<>();
        EncodedFields fields = encoder.encode(after, problems);
        if (!problems.isEmpty()) {
            throw new MillraceException(JsonLimits.head(problems));
        }
        return new DocumentChange(ChangeKind.UPSERT, table, canonicalKey(key, after), null, false, fields);
    }

    private Mutation delete(String table, byte @Nullable [] key, @Nullable JsonNode before) throws MillraceException {
        return new DocumentChange(ChangeKind.DELETE, table, canonicalKey(key, before), null, false, EncodedFields.NONE);
    }

    private String canonicalKey(byte @Nullable [] key, @Nullable JsonNode row) throws MillraceException {
        JsonNode holder = key == null ? row : payload(parse(key));
        if (holder == null || holder.isNull()) {
            throw new MillraceException(
                    ErrorCode.INVALID_KEY, "change event has neither a key nor a row to take it from");
        }
        if (holder.isValueNode()) {
            return checked(scalar("key", holder));
        }
        List<String> names = new ArrayList<>(source.keyFields());
        if (names.isEmpty()) {
            if (key == null) {
                throw new MillraceException(Problem.of(
                                ErrorCode.INVALID_KEY,
                                "change event has no record key, and topic \"" + source.topic()
                                        + "\" names no key columns")
                        .withHint("set the key columns of the topic in millrace.events.key-fields"));
            }
            holder.fieldNames().forEachRemaining(names::add);
        }
        if (names.isEmpty()) {
            throw new MillraceException(ErrorCode.INVALID_KEY, "record key of the change event has no columns");
        }
        List<String> parts = new ArrayList<>();
        for (String name : names) {
            parts.add(scalar(name, holder.path(name)));
        }
        return checked(parts.size() == 1 ? parts.get(0) : CompositeKey.join(parts));
    }

    private static String checked(String key) throws MillraceException {
        Problem problem = EventKeys.check("$.key", key);
        if (problem != null) {
            throw new MillraceException(problem);
        }
        return key;
    }

    private static String scalar(String name, JsonNode node) throws MillraceException {
        if (node.isTextual() || node.isIntegralNumber()) {
            return node.asText();
        }
        throw new MillraceException(
                ErrorCode.INVALID_KEY, "key column \"" + name + "\" must be a string or an integer");
    }

    private static JsonNode row(JsonNode envelope, String name) throws MillraceException {
        JsonNode row = envelope.path(name);
        if (!row.isObject()) {
            throw new MillraceException(
                    Problem.at(ErrorCode.INVALID_EVENT, "$." + name, "\"" + name + "\" must be an object"));
        }
        return row;
    }

    private String table(JsonNode envelope) {
        if (source.collection() != null) {
            return source.collection();
        }
        String table = envelope.path("source").path("table").asText("");
        return table.isEmpty() ? tableOfTopic() : table;
    }

    /** Debezium names a topic {@code prefix.database.table}. */
    private String tableOfTopic() {
        return source.collection() != null
                ? source.collection()
                : source.topic().substring(source.topic().lastIndexOf('.') + 1);
    }

    private static JsonNode payload(JsonNode node) {
        return node.has("schema") && node.has("payload") ? node.get("payload") : node;
    }

    private JsonNode parse(byte[] bytes) throws MillraceException {
        if (bytes.length > bytesMax) {
            throw new MillraceException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "event has " + bytes.length + " bytes, at most " + bytesMax + " are read");
        }
        try {
            JsonNode node = json.readTree(bytes);
            if (node.isMissingNode()) {
                throw new MillraceException(ErrorCode.INVALID_JSON, "change event is empty");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new MillraceException(JsonLimits.problem(e));
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
    }
}
