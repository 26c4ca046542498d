package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Problem;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.value.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventDecoderTest {
    private final EventDecoder decoder = EventDecoder.of(EventSource.json("millrace.events"), 1 << 20);

    @Test
    void upsertHasTheWholeRow() throws MillraceException {
        assertThat(decode("""
                        {"op": "upsert", "collection": "papers", "id": "p1", "event_type": "Published",
                         "fields": {"title": "A", "year": 1998, "score": 0.5, "open": true, "gone": null}}"""))
                .isEqualTo(new DocumentChange(
                        ChangeKind.UPSERT,
                        "papers",
                        "p1",
                        "Published",
                        false,
                        EncodedFields.of(
                                fields("title", "A", "year", 1998L, "score", 0.5, "open", true, "gone", null))));
    }

    @Test
    void patchAndDeleteNeedNoFields() throws MillraceException {
        assertThat(decode("{\"op\":\"patch\",\"collection\":\"papers\",\"id\":7,\"fields\":{\"year\":1}}"))
                .isEqualTo(new DocumentChange(
                        ChangeKind.PATCH, "papers", "7", null, false, EncodedFields.of(Map.of("year", 1L))));
        assertThat(decode("{\"op\":\"delete\",\"collection\":\"papers\",\"id\":\"p1\",\"edges\":true}"))
                .isEqualTo(new DocumentChange(ChangeKind.DELETE, "papers", "p1", null, true, EncodedFields.NONE));
    }

    @Test
    void edgesHaveTwoEndsAndPerhapsAnId() throws MillraceException {
        assertThat(decode("{\"op\":\"upsert_edge\",\"type\":\"CITES\",\"from\":\"p1\",\"to\":2,\"fields\":{\"w\":1}}"))
                .isEqualTo(
                        new EdgeChange(ChangeKind.UPSERT, "CITES", "p1", "2", null, EncodedFields.of(Map.of("w", 1L))));
        assertThat(decode("{\"op\":\"delete_edge\",\"type\":\"CITES\",\"from\":[\"a\",1],\"to\":\"b\",\"id\":\"e1\"}"))
                .isEqualTo(new EdgeChange(ChangeKind.DELETE, "CITES", "a|1", "b", "e1", EncodedFields.NONE));
    }

    @Test
    void edgeThatMillraceWritesIsRead() throws MillraceException {
        for (String id : new String[] {null, "e\"1"}) {
            EdgeChange change =
                    new EdgeChange(ChangeKind.DELETE, "CITES", "p\\|1", "\u00fc\ud83d\ude00", id, EncodedFields.NONE);
            assertThat(decoder.decode(null, EventWriter.write(change))).isEqualTo(change);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "\"p1\" p1",
                "42 42",
                "-9223372036854775808 -9223372036854775808",
                "[\"a\",7] a|7",
                "[\"a|b\",\"c\\\\d\"] a\\|b|c\\\\d",
                "[\"one\"] one",
                "[\"\",\"\"] |"
            })
    void keyIsAStringAnIntegerOrAListOfThese(String json, String key) throws MillraceException {
        assertThat(((DocumentChange) decode("{\"op\":\"delete\",\"collection\":\"c\",\"id\":" + json + "}")).key())
                .isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e3", "true", "[]", "[1.5]", "[[1]]", "[null]", "{}", "9223372036854775808"})
    void otherKeysAreRefusedAtTheirPath(String json) {
        assertThat(problems("{\"op\":\"delete\",\"collection\":\"c\",\"id\":" + json + "}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("$.id"));
    }

    @Test
    void keyIsUnicodeOfBoundedLength() throws MillraceException {
        String longest = "x".repeat(EventKeys.BYTES_MAX);
        assertThat(((DocumentChange) decode(upsertOf("\"" + longest + "\""))).key())
                .isEqualTo(longest);

        for (String id : List.of(longest + "x", "\u20ac".repeat(700), "\\ud800", "a\\udc00b", "\\udc00\\ud800")) {
            assertThat(problems(upsertOf("\"" + id + "\"")))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_KEY))
                    .satisfies(problem -> assertThat(problem.path()).isEqualTo("$.id"));
        }
        assertThat(((DocumentChange) decode(upsertOf("\"\\ud83d\\ude00\""))).key())
                .isEqualTo("\ud83d\ude00");
    }

    private static String upsertOf(String id) {
        return "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":" + id + "}";
    }

    @Test
    void tombstoneDeletesTheRowOfItsKey() throws MillraceException {
        assertThat(decoder.decode(bytes("papers/a/b"), null))
                .isEqualTo(new DocumentChange(ChangeKind.DELETE, "papers", "a/b", null, false, EncodedFields.NONE));
        for (String key : List.of("", "papers", "/p1")) {
            assertThatThrownBy(() -> decoder.decode(bytes(key), null))
                    .isInstanceOf(MillraceException.class)
                    .hasMessageContaining("INVALID_KEY");
        }
        assertThatThrownBy(() -> decoder.decode(new byte[] {'c', '/', (byte) 0xff}, null))
                .isInstanceOf(MillraceException.class);
        assertThatThrownBy(() -> decoder.decode(null, null))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("INVALID_EVENT");
    }

    @Test
    void allViolationsAreFoundAtOnce() {
        assertThat(problems("""
                        {"op": "upsert", "colection": "papers", "id": true, "fields": [1], "edges": "yes", "from": "x"}"""))
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("$.colection", "$.id", "$.fields", "$.edges", "$.from", "$.collection");
    }

    @Test
    void unknownOpNamesTheKnownOnes() {
        assertThat(problems("{\"op\":\"insert\",\"collection\":\"c\",\"id\":1}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("$.op"))
                .satisfies(problem -> assertThat(problem.allowed())
                        .containsExactly("upsert", "patch", "delete", "upsert_edge", "delete_edge"));
        assertThat(problems("{}")).extracting(Problem::path).containsExactly("$.op");
        assertThat(problems("{\"op\":3}")).extracting(Problem::path).containsExactly("$.op");
    }

    @Test
    void memberOfTheOtherKindOfEventIsRefused() {
        assertThat(problems("{\"op\":\"upsert_edge\",\"type\":\"T\",\"from\":1,\"to\":2,\"collection\":\"c\","
                        + "\"event_type\":\"E\",\"edges\":true}"))
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("$.collection", "$.event_type", "$.edges");
        assertThat(problems("{\"op\":\"upsert_edge\"}"))
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("$.type", "$.from", "$.to");
    }

    @Test
    void memberThatIsNullIsAbsent() throws MillraceException {
        assertThat(decode("{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":null,\"event_type\":null,"
                        + "\"edges\":null,\"type\":null,\"from\":null,\"to\":null}"))
                .isEqualTo(new DocumentChange(ChangeKind.UPSERT, "c", "1", null, false, EncodedFields.NONE));
        assertThat(problems("{\"op\":null,\"collection\":\"c\",\"id\":1}"))
                .extracting(Problem::path)
                .containsExactly("$.op");
    }

    @Test
    void eventThatFailedLeavesNothingForTheNext() throws MillraceException {
        problems("{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"edges\":true,\"fields\":{\"a\":1}}");
        problems("{\"op\":\"upsert\",\"collection\":\"c\",\"fields\":{\"a\":1},\"id\":");

        assertThat(problems("{\"op\":\"upsert\"}"))
                .extracting(Problem::path)
                .containsExactlyInAnyOrder("$.collection", "$.id");
        assertThat(fieldsOf("")).isEmpty();
    }

    @Test
    void ofANameThatStandsTwiceTheLastCounts() throws MillraceException {
        assertThat(
                        ((DocumentChange)
                                decode(
                                        "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"id\":2,\"fields\":{\"a\":1},\"fields\":{\"b\":2}}")))
                .isEqualTo(new DocumentChange(
                        ChangeKind.UPSERT, "c", "2", null, false, EncodedFields.of(Map.of("b", 2L))));
        assertThat(fieldsOf("\"a\":1,\"a\":2")).containsEntry("a", 2L);
    }

    @Test
    void arrayOfPlainNumbersIsNumbers() throws MillraceException {
        Map<String, @Nullable Object> fields =
                fieldsOf("\"v\": [0.1, -2, 3e2], \"none\": [], \"long\": [" + "1,".repeat(1_000) + "1]");

        assertThat((double[]) fields.get("v")).containsExactly(0.1, -2, 300);
        assertThat((double[]) fields.get("none")).isEmpty();
        assertThat((double[]) fields.get("long")).hasSize(1_001);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1, \"a\"]",
                "[ 1 , null ]",
                "[[1, 2], [3]]",
                "[1, [2, [3]], 4]",
                "[{\"a\": [1]}, 2]",
                "[1, true, {}, []]",
                "[9007199254740993]",
                "[1, 18446744073709551615]",
                "[1e999]",
                "{}",
                "{ \"a\" : 1.10, \"a\": \"\u00fc \\ud83d\\ude00 ]}\" }",
                "{\"deep\": {\"er\": [[[{}]]]}}",
                "{\"number\": 3.14159265358979323846264338327950288}"
            })
    void otherArraysAndObjectsKeepTheirExactText(String json) throws MillraceException {
        Map<String, @Nullable Object> fields = fieldsOf("\"before\": 1, \"j\" :  " + json + " , \"after\": [2]");

        assertThat(fields.get("j")).isEqualTo(new JsonText(json));
        assertThat(fields.get("before")).isEqualTo(1L);
        assertThat((double[]) fields.get("after")).containsExactly(2);
    }

    @Test
    void numbersAreExactOrDoublesOrRefused() throws MillraceException {
        Map<String, @Nullable Object> fields = fieldsOf(
                "\"max\":9223372036854775807,\"min\":-9223372036854775808,\"more\":9223372036854775808,\"e\":1e2,\"z\":-0.0");

        assertThat(fields)
                .containsEntry("max", Long.MAX_VALUE)
                .containsEntry("min", Long.MIN_VALUE)
                .containsEntry("more", 0x1p63)
                .containsEntry("e", 100.0)
                .containsEntry("z", -0.0);
        assertThat(problems(event("\"a\":1e999,\"b\":-1e999")))
                .extracting(Problem::path)
                .containsExactly("$.fields.a", "$.fields.b");
        assertThat(problems(event("\"a\":1" + "0".repeat(399))))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.INVALID_VALUE);
        assertThat(problems(event("\"a\":1" + "0".repeat(400))))
                .extracting(Problem::code)
                .containsExactly(ErrorCode.LIMIT_EXCEEDED);
    }

    @Test
    void textThatUtf8CannotHoldIsRefused() throws MillraceException {
        assertThat(problems(event("\"a\":\"x\\ud800\",\"b\":\"\\udc00\"")))
                .extracting(Problem::path)
                .containsExactly("$.fields.a", "$.fields.b");
        assertThat(problems(event("\"\\ud800\":1"))).extracting(Problem::code).containsExactly(ErrorCode.INVALID_JSON);
        assertThat(fieldsOf("\"a\":\"\\ud83d\\ude00\\u0000\"")).containsEntry("a", "\ud83d\ude00\0");
    }

    private static String event(String fields) {
        return "{\"op\":\"upsert\",\"collection\":\"c\",\"id\":1,\"fields\":{" + fields + "}}";
    }

    private Map<String, @Nullable Object> fieldsOf(String fields) throws MillraceException {
        return ((DocumentChange) decode(event(fields))).fields().toMap();
    }

    private Mutation decode(String event) throws MillraceException {
        return decoder.decode(null, bytes(event));
    }

    private List<Problem> problems(String event) {
        MillraceException failure = catchThrowableOfType(MillraceException.class, () -> decode(event));
        assertThat(failure).as(event).isNotNull();
        return failure.problems();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> fields(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> fields = new java.util.LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return fields;
    }
}
