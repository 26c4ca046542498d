package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.SharedData;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.value.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebeziumEventDecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EventDecoder keyed = decoder(null, List.of());

    @ParameterizedTest
    @ValueSource(strings = {"c", "r", "u"})
    void createReadAndUpdateReplaceTheRow(String op) throws MillraceException {
        String event =
                "{\"before\":{\"id\":1},\"after\":{\"id\":1,\"name\":\"a\",\"tags\":[\"x\"],\"v\":[1,2.5],\"n\":null},"
                        + "\"source\":{\"table\":\"products\"},\"op\":\"" + op + "\"}";
        DocumentChange change = (DocumentChange) keyed.decode(bytes("{\"id\":1}"), bytes(event));

        assertThat(change.kind()).isEqualTo(ChangeKind.UPSERT);
        assertThat(change.collection()).isEqualTo("products");
        assertThat(change.key()).isEqualTo("1");
        assertThat(change.fields().toMap())
                .containsEntry("id", 1L)
                .containsEntry("name", "a")
                .containsEntry("tags", new JsonText("[\"x\"]"))
                .containsEntry("n", null);
        assertThat((double[]) change.fields().toMap().get("v")).containsExactly(1, 2.5);
    }

    @Test
    void schemaAroundKeyAndValueMakesNoDifference() throws MillraceException {
        String event = "{\"before\":null,\"after\":{\"id\":1},\"op\":\"c\"}";
        Mutation bare = keyed.decode(bytes("{\"id\":1}"), bytes(event));

        assertThat(keyed.decode(
                        bytes("{\"schema\":{\"type\":\"struct\"},\"payload\":{\"id\":1}}"),
                        bytes("{\"schema\":null,\"payload\":" + event + "}")))
                .isEqualTo(bare);
    }

    @Test
    void deleteAndTombstoneRemoveTheRowOfTheKey() throws MillraceException {
        DocumentChange expected =
                new DocumentChange(ChangeKind.DELETE, "products", "7", null, false, EncodedFields.NONE);

        assertThat(keyed.decode(bytes("{\"id\":7}"), bytes("{\"before\":null,\"after\":null,\"op\":\"d\"}")))
                .isEqualTo(expected);
        assertThat(keyed.decode(bytes("{\"id\":7}"), null)).isEqualTo(expected);
        assertThat(decoder(null, List.of("id")).decode(null, bytes("{\"before\":{\"id\":7},\"op\":\"d\"}")))
                .isEqualTo(expected);
    }

    @Test
    void collectionIsTheConfiguredOneElseTheTableElseTheEndOfTheTopic() throws MillraceException {
        String withTable = "{\"after\":{\"id\":1},\"source\":{\"table\":\"t\"},\"op\":\"c\"}";
        String without = "{\"after\":{\"id\":1},\"op\":\"c\"}";

        assertThat(collection(decoder("mine", List.of()), withTable)).isEqualTo("mine");
        assertThat(collection(keyed, withTable)).isEqualTo("t");
        assertThat(collection(keyed, without)).isEqualTo("products");
    }

    private static String collection(EventDecoder decoder, String event) throws MillraceException {
        return ((DocumentChange) decoder.decode(bytes("1"), bytes(event))).collection();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "{\"id\":1} 1",
                "{\"a\":\"x|y\",\"b\":2} x\\|y|2",
                "42 42",
                "\"text\" text",
                "{\"schema\":null,\"payload\":5} 5"
            })
    void keyIsThatOfTheRecordWithItsColumnsInOrder(String key, String canonical) throws MillraceException {
        assertThat(((DocumentChange) keyed.decode(bytes(key), bytes("{\"after\":{},\"op\":\"c\"}"))).key())
                .isEqualTo(canonical);
    }

    @Test
    void configuredColumnsMakeTheKeyWhereRecordsHaveNone() throws MillraceException {
        EventDecoder decoder = decoder(null, List.of("b", "a"));

        assertThat(((DocumentChange) decoder.decode(null, bytes("{\"after\":{\"a\":1,\"b\":\"x\"},\"op\":\"c\"}")))
                        .key())
                .isEqualTo("x|1");
        assertThat(problem(decoder, null, "{\"after\":{\"a\":1},\"op\":\"c\"}").code())
                .isEqualTo(ErrorCode.INVALID_KEY);
        assertThat(problem(keyed, null, "{\"after\":{\"a\":1},\"op\":\"c\"}").hint())
                .contains("millrace.events.key-fields");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "null INVALID_KEY",
                "{} INVALID_KEY",
                "[] INVALID_KEY",
                "{\"id\":null} INVALID_KEY",
                "{\"id\":1.5} INVALID_KEY",
                "{\"id\":\"\\ud800\"} INVALID_KEY",
                "{\"id\" INVALID_JSON",
                "1x INVALID_JSON"
            })
    void keyThatIsNoneIsRefused(String key, ErrorCode code) {
        assertThat(problem(keyed, key, "{\"after\":{\"id\":1},\"op\":\"c\"}").code())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "{\"op\":\"t\"} INVALID_EVENT",
                "{} INVALID_EVENT",
                "null INVALID_EVENT",
                "{\"op\":\"c\"} INVALID_EVENT",
                "{\"op\":\"c\",\"after\":null} INVALID_EVENT",
                "{\"op\":\"c\",\"after\":[]} INVALID_EVENT",
                "{\"op\":\"c\",\"after\":{\"id\":1,\"x\":\"\\udc00\"}} INVALID_VALUE",
                "{\"op\":\"c\",\"after\":{\"id\":1,\"x\":1e999}} INVALID_VALUE",
                "{\"op\":\"c\",\"after\":{\"id\":1}}{} INVALID_JSON"
            })
    void eventThatCannotBeAppliedIsRefused(String event, ErrorCode code) {
        assertThat(problem(keyed, "1", event).code()).isEqualTo(code);
    }

    @Test
    void nestedJsonKeepsItsDigits() throws MillraceException {
        String event = "{\"op\":\"c\",\"after\":{\"ids\":[9007199254740993],\"o\":{\"pi\":3.14159265358979323846}}}";

        assertThat(((DocumentChange) keyed.decode(bytes("1"), bytes(event)))
                        .fields()
                        .toMap())
                .containsEntry("ids", new JsonText("[9007199254740993]"))
                .containsEntry("o", new JsonText("{\"pi\":3.14159265358979323846}"));
    }

    @Test
    void recordWithoutKeyAndRowIsRefused() {
        assertThatThrownBy(() -> keyed.decode(null, null)).isInstanceOf(MillraceException.class);
        assertThatThrownBy(() -> decoder(null, List.of("id")).decode(null, bytes("{\"op\":\"d\",\"before\":null}")))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("INVALID_KEY");
    }

    /** Real change streams of MySQL, with the final rows that brute force gave for each file by itself. */
    @Test
    void realStreamsEndInTheExpectedRows() throws IOException, MillraceException {
        Path folder = SharedData.path("cdc_debezium");
        JsonNode expected =
                JSON.readTree(folder.resolve("expected_final_state.json").toFile());
        assertThat(expected.size()).isEqualTo(31);
        for (JsonNode stream : expected) {
            String name = stream.path("file").textValue();
            Path file = folder.resolve(name.replace("/", "__").replace(".txt", ".jsonl"));
            List<String> lines = Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            assertThat(lines).as(name).hasSize(stream.path("events").intValue());

            List<JsonNode> rows = new ArrayList<>();
            stream.path("final_rows").forEach(row -> rows.add(row.path("row")));
            assertThat(replay(lines)).as(name).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(replay(lines.stream()
                            .map(DebeziumEventDecoderTest::otherWrapping)
                            .toList()))
                    .as("%s, wrapped the other way", name)
                    .containsExactlyInAnyOrderElementsOf(rows);
        }
    }

    private static List<JsonNode> replay(List<String> lines) throws IOException, MillraceException {
        Map<String, JsonNode> table = new LinkedHashMap<>();
        EventDecoder byId = decoder(null, List.of("id"));
        EventDecoder byUnderscoreId = decoder(null, List.of("_id"));
        for (String line : lines) {
            EventDecoder decoder = line.contains("\"_id\"") ? byUnderscoreId : byId;
            DocumentChange change = (DocumentChange) decoder.decode(null, bytes(line));
            String tableAndKey = change.collection() + "/" + change.key();
            if (change.kind() == ChangeKind.DELETE) {
                table.remove(tableAndKey);
            } else {
                table.put(tableAndKey, row(change.fields()));
            }
        }
        return List.copyOf(table.values());
    }

    private static JsonNode row(EncodedFields fields) throws IOException {
        ObjectNode row = JSON.createObjectNode();
        for (Map.Entry<String, @Nullable Object> field : fields.toMap().entrySet()) {
            row.set(field.getKey(), node(field.getValue()));
        }
        return JSON.readTree(row.toString());
    }

    private static JsonNode node(@Nullable Object value) throws IOException {
        if (value == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        return value instanceof JsonText json ? JSON.readTree(json.text()) : JSON.valueToTree(value);
    }

    /** Takes the schema off an event that has one, and puts one on an event that has none. */
    private static String otherWrapping(String line) {
        try {
            JsonNode event = JSON.readTree(line);
            if (event.has("payload")) {
                return event.get("payload").toString();
            }
            ObjectNode wrapped = JSON.createObjectNode();
            wrapped.putObject("schema").put("type", "struct");
            return wrapped.set("payload", event).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Problem problem(EventDecoder decoder, @Nullable String key, String event) {
        MillraceException failure = catchThrowableOfType(
                MillraceException.class, () -> decoder.decode(key == null ? null : bytes(key), bytes(event)));
        assertThat(failure).as("%s %s", key, event).isNotNull();
        return failure.problems().get(0);
    }

    private static EventDecoder decoder(@Nullable String collection, List<String> keyFields) {
        return EventDecoder.of(
                new EventSource("db.shop.products", EventSource.Format.DEBEZIUM, collection, keyFields), 1 << 20);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
