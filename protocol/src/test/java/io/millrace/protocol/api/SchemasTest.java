package io.millrace.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.Golden;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Request;
import io.millrace.protocol.Response;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.codec.DeadLetterCodec;
import io.millrace.protocol.codec.EventDecoder;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.codec.ResponseExamples;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.value.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schemas that users read say what the code does. */
class SchemasTest {
    private final EventDecoder events = EventDecoder.of(EventSource.json("millrace.events"), 1 << 20);
    private final RequestCodec requests = new RequestCodec(1 << 20);

    @ParameterizedTest
    @ValueSource(strings = {"event", "request", "plan", "response", "control", "dead-letter-headers"})
    void schemaIsASchema(String name) {
        JsonNode schema = ApiDocs.read(ApiDocs.FOLDER.resolve(name + ".schema.json"));
        JsonNode dialect = schema.get("$schema");

        assertThat(dialect.textValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(com.networknt.schema.JsonSchemaFactory.getInstance(
                                com.networknt.schema.SpecVersion.VersionFlag.V202012)
                        .getSchema(com.networknt.schema.SchemaLocation.of(dialect.textValue()))
                        .validate(schema))
                .isEmpty();
    }

    static List<Path> events() {
        return ApiDocs.examples("event-");
    }

    @ParameterizedTest
    @MethodSource("events")
    void exampleEventIsAcceptedByBoth(Path file) throws IOException, MillraceException {
        assertThat(ApiDocs.violations("event.schema.json", ApiDocs.read(file))).isEmpty();
        assertThat(events.decode(null, Files.readAllBytes(file))).isNotNull();
    }

    static List<Path> badEvents() {
        return ApiDocs.examples("bad-event-");
    }

    @ParameterizedTest
    @MethodSource("badEvents")
    void badEventIsRefusedByBoth(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);

        assertThat(ApiDocs.violations("event.schema.json", ApiDocs.read(file))).isNotEmpty();
        assertThat(catchThrowable(() -> events.decode(null, bytes))).isInstanceOf(MillraceException.class);
    }

    static List<Path> requests() {
        return ApiDocs.examples("request-");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void exampleRequestIsAcceptedByBoth(Path file) throws IOException {
        assertThat(ApiDocs.violations("request.schema.json", ApiDocs.read(file)))
                .isEmpty();
        assertThat(requests.read(Files.readAllBytes(file), "default").problems())
                .isEmpty();
    }

    static List<Path> badRequests() {
        return ApiDocs.examples("bad-request-");
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void badRequestIsRefusedByBoth(Path file) throws IOException {
        assertThat(ApiDocs.violations("request.schema.json", ApiDocs.read(file)))
                .isNotEmpty();
        assertThat(requests.read(Files.readAllBytes(file), "default").problems())
                .isNotEmpty();
    }

    static List<Path> badPlans() {
        return ApiDocs.examples("bad-plan-");
    }

    /** What is wrong inside a plan is the planner's to find; the schema tells an author before. */
    @ParameterizedTest
    @MethodSource("badPlans")
    void badPlanIsRefusedByItsSchema(Path file) {
        ObjectNode request = ApiDocs.JSON.createObjectNode().set("plan", ApiDocs.read(file));

        assertThat(ApiDocs.violations("plan.schema.json", ApiDocs.read(file))).isNotEmpty();
        assertThat(ApiDocs.violations("request.schema.json", request)).isNotEmpty();
    }

    @Test
    void goldenAnswersAreValid() throws IOException {
        for (String name : ResponseExamples.all().keySet()) {
            assertThat(ApiDocs.violations("response.schema.json", ApiDocs.JSON.readTree(Golden.read(name))))
                    .as(name)
                    .isEmpty();
        }
    }

    @Test
    void goldenControlRecordsAreValid() throws IOException {
        for (String line : Golden.read("control-v1.jsonl").lines().toList()) {
            assertThat(ApiDocs.violations("control.schema.json", ApiDocs.JSON.readTree(line)))
                    .as(line)
                    .isEmpty();
            ObjectNode more = (ObjectNode) ApiDocs.JSON.readTree(line);
            ((ObjectNode) more.get("change")).put("more", 1);
            assertThat(ApiDocs.violations("control.schema.json", more)).as(line).isNotEmpty();
        }
    }

    @Test
    void headersOfDeadLettersAreValid() {
        for (int valueBytes : new int[] {3, 5_000}) {
            DeadLetter letter = new DeadLetter(
                    "millrace.events",
                    0,
                    1,
                    2,
                    List.of(Problem.at(ErrorCode.INVALID_TYPE, "$.fields.year", "needs an INT")),
                    new byte[1],
                    new byte[valueBytes]);
            ObjectNode headers = ApiDocs.JSON.createObjectNode();
            DeadLetterCodec.encode(letter, 1_000)
                    .headers()
                    .forEach((name, bytes) -> headers.put(name, new String(bytes, StandardCharsets.UTF_8)));
            assertThat(ApiDocs.violations("dead-letter-headers.schema.json", headers))
                    .isEmpty();
            assertThat(headers.has(DeadLetterCodec.VALUE_SHA256)).isEqualTo(valueBytes > 1_000);
        }
    }

    @Test
    void enumsAreThoseOfTheCode() {
        assertThat(values("response.schema.json", "/$defs/code/enum")).isEqualTo(names(ErrorCode.values()));
        assertThat(values("response.schema.json", "/properties/status/enum"))
                .isEqualTo(lower(Response.Status.values()));
        assertThat(values("response.schema.json", "/$defs/step/properties/status/enum"))
                .isEqualTo(lower(StepReport.Status.values()));
        assertThat(values("response.schema.json", "/$defs/certificate/properties/mode/enum"))
                .isEqualTo(lower(FreshnessMode.values()));
        assertThat(values("request.schema.json", "/properties/explain/enum")).isEqualTo(lower(ExplainLevel.values()));
        assertThat(values("control.schema.json", "/$defs/freshness/properties/mode/enum"))
                .isEqualTo(lower(FreshnessMode.values()));
        assertThat(values("control.schema.json", "/$defs/field/properties/type/enum"))
                .isEqualTo(lower(ValueType.values()));
        assertThat(values("control.schema.json", "/$defs/collection/properties/unknown_fields/enum"))
                .isEqualTo(lower(UnknownFields.values()));
        assertThat(values("control.schema.json", "/$defs/eventType/properties/policy/enum"))
                .isEqualTo(lower(EventTypePolicy.values()));
        String index = "/$defs/vectorIndex/properties/";
        assertThat(values("control.schema.json", index + "metric/enum")).isEqualTo(lower(Metric.values()));
        assertThat(values("control.schema.json", index + "engine/enum")).isEqualTo(lower(VectorEngine.values()));
        assertThat(values("control.schema.json", index + "quantization/enum"))
                .isEqualTo(lower(VectorIndexDefinition.Quantization.values()));
        assertThat(values("control.schema.json", index + "rescore/enum"))
                .isEqualTo(lower(VectorIndexDefinition.Rescore.values()));
        assertThat(values("control.schema.json", index + "dimension_policy/enum"))
                .isEqualTo(lower(VectorIndexDefinition.DimensionPolicy.values()));
    }

    @Test
    void everyMetricOfASearchIsAMetricOrItsAlias() {
        assertThat(values("plan.schema.json", "/$defs/vector.search/properties/metric/anyOf/0/enum"))
                .allSatisfy(name -> assertThat(Metric.parse(name)).isPresent());
    }

    @Test
    void opsAreThoseOfTheCode() {
        Throwable refused = catchThrowable(() ->
                events.decode(null, "{\"op\":\"?\",\"collection\":\"c\",\"id\":1}".getBytes(StandardCharsets.UTF_8)));
        List<String> allowed = ((MillraceException) refused).problems().get(0).allowed();
        List<String> changes = new ArrayList<>();
        at("control.schema.json", "/properties/change/oneOf")
                .forEach(change -> changes.add(change.at("/properties/op/const").textValue()));

        assertThat(values("event.schema.json", "/properties/op/enum")).isEqualTo(allowed);
        assertThat(changes)
                .containsExactlyInAnyOrderElementsOf(Stream.of(CatalogChange.class
                                .getAnnotation(JsonSubTypes.class)
                                .value())
                        .map(JsonSubTypes.Type::name)
                        .toList());
    }

    @Test
    void numbersAreThoseOfTheCode() {
        assertThat(at("request.schema.json", "/properties/timeout_ms/maximum").longValue())
                .isEqualTo(Request.TIMEOUT_MS_MAX);
        assertThat(at("request.schema.json", "/properties/timeout_ms/default").longValue())
                .isEqualTo(Request.TIMEOUT_MS_DEFAULT);
        assertThat(at("request.schema.json", "/properties/request_id/maxLength").intValue())
                .isEqualTo(RequestCodec.ID_LENGTH_MAX);
        assertThat(at("control.schema.json", "/$defs/vectorIndex/properties/dimension/maximum")
                        .intValue())
                .isEqualTo(Field.DIMENSION_MAX);
    }

    @Test
    void headersAreThoseOfTheCode() {
        Set<String> names = new java.util.TreeSet<>();
        at("dead-letter-headers.schema.json", "/properties").fieldNames().forEachRemaining(names::add);

        assertThat(names)
                .containsExactlyInAnyOrder(
                        DeadLetterCodec.REASON,
                        DeadLetterCodec.MESSAGE,
                        DeadLetterCodec.SOURCE_TOPIC,
                        DeadLetterCodec.SOURCE_PARTITION,
                        DeadLetterCodec.SOURCE_OFFSET,
                        DeadLetterCodec.SOURCE_TIMESTAMP,
                        DeadLetterCodec.VALUE_BYTES,
                        DeadLetterCodec.VALUE_SHA256);
    }

    private static JsonNode at(String schema, String pointer) {
        JsonNode node = ApiDocs.read(ApiDocs.FOLDER.resolve(schema)).at(pointer);
        assertThat(node.isMissingNode()).as(schema + " " + pointer).isFalse();
        return node;
    }

    /** Null stands for an absent member and is no value of the enum. */
    private static List<String> values(String schema, String pointer) {
        List<String> values = new ArrayList<>();
        at(schema, pointer).forEach(value -> {
            if (!value.isNull()) {
                values.add(value.textValue());
            }
        });
        return values;
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static List<String> lower(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
