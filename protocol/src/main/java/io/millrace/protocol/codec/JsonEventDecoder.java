package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.CompositeKey;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.Mutation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON envelope of Millrace: {@code {"op": "upsert | patch | delete", "collection", "id", "fields",
 * "event_type", "edges"}} and {@code {"op": "upsert_edge | delete_edge", "type", "from", "to", "id", "fields"}}. A key
 * is a string, an integer, or a list of these for a key of several fields. Of a name that stands twice the last counts.
 */
final class JsonEventDecoder implements EventDecoder {
    private static final List<String> OPS = List.of("upsert", "patch", "delete", "upsert_edge", "delete_edge");
    private static final List<String> NAMES =
            List.of("op", "collection", "id", "fields", "event_type", "edges", "type", "from", "to");

    private final JsonFactory json;
    private final int bytesMax;
    private final FieldEncoder encoder = new FieldEncoder("$.fields");
    private final @Nullable PlainEventReader plain;

    private final List<Problem> problems = new ArrayList<>();
    private @Nullable String op;
    private @Nullable String collection;
    private @Nullable String id;
    private @Nullable String eventType;
    private @Nullable String type;
    private @Nullable String from;
    private @Nullable String to;
    private @Nullable EncodedFields fields;
    private @Nullable Boolean edges;

    JsonEventDecoder(int bytesMax) {
        this(bytesMax, new PlainEventReader());
    }

    /** @param plain spares the parser what is plain; null to parse all */
    JsonEventDecoder(int bytesMax, @Nullable PlainEventReader plain) {
        this.bytesMax = bytesMax;
        this.plain = plain;
        json = JsonLimits.events(bytesMax);
    }

    @Override
    public Mutation decode(byte @Nullable [] key, byte @Nullable [] value) throws MillraceException {
        if (value == null) {
            return tombstone(key);
        }
        if (value.length > bytesMax) {
            throw new MillraceException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "event has " + value.length + " bytes, at most " + bytesMax + " are read");
        }
        clear();
        if (plain != null && plain.read(value)) {
            take(plain);
        } else {
            parse(value);
        }
        Mutation mutation = build();
        if (mutation == null || !problems.isEmpty()) {
            throw new MillraceException(JsonLimits.head(problems));
        }
        return mutation;
    }

    private void take(PlainEventReader event) {
        op = event.op();
        collection = event.collection();
        id = event.id();
        eventType = event.eventType();
        type = event.type();
        from = event.from();
        to = event.to();
        fields = event.fields();
    }

    private void parse(byte[] value) throws MillraceException {
        try (JsonParser parser = json.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MillraceException(
                        parser.currentToken() == null ? ErrorCode.INVALID_JSON : ErrorCode.INVALID_EVENT,
                        "event is not a JSON object");
            }
            readEnvelope(parser, value);
        } catch (JsonProcessingException e) {
            throw new MillraceException(JsonLimits.problem(e));
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be read", e);
        }
    }

    private static Mutation tombstone(byte @Nullable [] key) throws MillraceException {
        if (key == null) {
            throw new MillraceException(ErrorCode.INVALID_EVENT, "event has neither a key nor a value");
        }
        return EventKeys.tombstone(key)
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.INVALID_KEY, "event without a value needs a key of the form \"collection/id\""));
    }

    private void clear() {
        problems.clear();
        op = null;
        collection = null;
        id = null;
        eventType = null;
        type = null;
        from = null;
        to = null;
        fields = null;
        edges = null;
    }

    private void readEnvelope(JsonParser parser, byte[] source) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            readMember(name, parser.nextToken(), parser, source);
        }
        if (parser.nextToken() != null) {
            problems.add(Problem.of(ErrorCode.INVALID_JSON, "event has something behind its JSON object"));
        }
    }

    private void readMember(String name, JsonToken token, JsonParser parser, byte[] source) throws IOException {
        switch (name) {
            case "op" -> op = text(name, token, parser);
            case "collection" -> collection = text(name, token, parser);
            case "event_type" -> eventType = text(name, token, parser);
            case "type" -> type = text(name, token, parser);
            case "id" -> id = key(name, token, parser);
            case "from" -> from = key(name, token, parser);
            case "to" -> to = key(name, token, parser);
            case "edges" -> edges = flag(name, token, parser);
            case "fields" -> readFields(token, parser, source);
            default -> {
                problems.add(Problem.at(ErrorCode.INVALID_EVENT, "$." + name, "unknown field \"" + name + "\"")
                        .withAllowed(NAMES));
                parser.skipChildren();
            }
        }
    }

    private void readFields(JsonToken token, JsonParser parser, byte[] source) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            fields = encoder.encode(parser, source, problems);
        } else if (token != JsonToken.VALUE_NULL) {
            wrong("fields", "an object", parser);
        }
    }

    private @Nullable String text(String name, JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (token != JsonToken.VALUE_NULL) {
            wrong(name, "a string", parser);
        }
        return null;
    }

    private @Nullable Boolean flag(String name, JsonToken token, JsonParser parser) throws IOException {
        if (token.isBoolean()) {
            return parser.getBooleanValue();
        }
        if (token != JsonToken.VALUE_NULL) {
            wrong(name, "a boolean", parser);
        }
        return null;
    }

    private @Nullable String key(String name, JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        String key = token == JsonToken.START_ARRAY ? compositeKey(parser) : scalarKey(token, parser);
        if (key == null) {
            wrong(name, "a string, an integer or a list of these", parser);
            return null;
        }
        Problem problem = EventKeys.check("$." + name, key);
        if (problem != null) {
            problems.add(problem);
        }
        return key;
    }

    private static @Nullable String compositeKey(JsonParser parser) throws IOException {
        List<String> parts = new ArrayList<>();
        boolean wrong = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            String part = scalarKey(token, parser);
            wrong |= part == null;
            parts.add(part == null ? "" : part);
            parser.skipChildren();
        }
        return wrong || parts.isEmpty() ? null : CompositeKey.join(parts);
    }

    private static @Nullable String scalarKey(JsonToken token, JsonParser parser) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return Long.toString(parser.getLongValue());
        }
        return null;
    }

    private void wrong(String name, String wanted, JsonParser parser) throws IOException {
        problems.add(Problem.at(ErrorCode.INVALID_EVENT, "$." + name, "\"" + name + "\" must be " + wanted));
        parser.skipChildren();
    }

    private @Nullable Mutation build() {
        if (op == null) {
            missing("op");
            return null;
        }
        return switch (op) {
            case "upsert" -> document(ChangeKind.UPSERT);
            case "patch" -> document(ChangeKind.PATCH);
            case "delete" -> document(ChangeKind.DELETE);
            case "upsert_edge" -> edge(ChangeKind.UPSERT);
            case "delete_edge" -> edge(ChangeKind.DELETE);
            default -> {
                problems.add(Problem.at(ErrorCode.INVALID_EVENT, "$.op", "unknown op \"" + op + "\"")
                        .withAllowed(OPS));
                yield null;
            }
        };
    }

    private @Nullable Mutation document(ChangeKind kind) {
        refuse("type", type);
        refuse("from", from);
        refuse("to", to);
        if (kind != ChangeKind.DELETE) {
            refuse("edges", edges);
        }
        if (collection == null) {
            missing("collection");
        }
        if (id == null) {
            missing("id");
        }
        return collection != null && id != null
                ? new DocumentChange(kind, collection, id, eventType, Boolean.TRUE.equals(edges), fieldsOrNone())
                : null;
    }

    private @Nullable Mutation edge(ChangeKind kind) {
        refuse("collection", collection);
        refuse("event_type", eventType);
        refuse("edges", edges);
        if (type == null) {
            missing("type");
        }
        if (from == null) {
            missing("from");
        }
        if (to == null) {
            missing("to");
        }
        return type != null && from != null && to != null
                ? new EdgeChange(kind, type, from, to, id, fieldsOrNone())
                : null;
    }

    private EncodedFields fieldsOrNone() {
        return fields == null ? EncodedFields.NONE : fields;
    }

    /** A member that is there but wrong has been reported. */
    private void missing(String name) {
        String path = "$." + name;
        if (problems.stream().noneMatch(problem -> path.equals(problem.path()))) {
            problems.add(Problem.at(ErrorCode.INVALID_EVENT, path, "\"" + name + "\" is missing"));
        }
    }

    private void refuse(String name, @Nullable Object value) {
        if (value != null) {
            problems.add(Problem.at(
                    ErrorCode.INVALID_EVENT, "$." + name, "\"" + name + "\" does not go with op \"" + op + "\""));
        }
    }
}
