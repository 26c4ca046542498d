package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseCodecTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void answersAreTheGoldenOnes() throws JsonProcessingException {
        for (Map.Entry<String, Response> example : ResponseExamples.all().entrySet()) {
            byte[] written = ResponseCodec.write(example.getValue(), 1_000_000);
            Golden.verify(
                    example.getKey(),
                    JSON.readTree(new String(written, StandardCharsets.UTF_8)).toPrettyString() + "\n");
        }
    }

    @Test
    void timestampsAreIsoInUtcWithMilliseconds() {
        assertThat(ResponseCodec.timestamp(0)).isEqualTo("1970-01-01T00:00:00.000Z");
        assertThat(ResponseCodec.timestamp(1_700_000_000_123L)).isEqualTo("2023-11-14T22:13:20.123Z");
        assertThat(ResponseCodec.timestamp(-1)).isEqualTo("1969-12-31T23:59:59.999Z");
    }

    @Test
    void jsonCellIsWrittenAsItsExactText() {
        String json = "{ \"a\" : [1.10, 9007199254740993] }";
        byte[] written = ResponseCodec.write(response(column(ValueType.JSON), rows(new JsonText(json))), 10_000);

        assertThat(new String(written, StandardCharsets.UTF_8)).contains("\"rows\":[[" + json + "]]");
    }

    @Test
    void cellsThatJsonHasNoFormForAreTexts() throws IOException {
        JsonNode cells = JSON.readTree(ResponseCodec.write(
                        response(column(ValueType.DOUBLE), rows(Double.NaN, Double.NEGATIVE_INFINITY, "a\ud800b")),
                        10_000))
                .at("/results/s1/rows");

        assertThat(cells.get(0).get(0).textValue()).isEqualTo("NaN");
        assertThat(cells.get(1).get(0).textValue()).isEqualTo("-Infinity");
        assertThat(cells.get(2).get(0).textValue()).isEqualTo("a\ud800b");
    }

    @Test
    void hundredThousandWideRowsAreCutBelowTheBound() throws IOException {
        List<Column> columns = new ArrayList<>();
        @Nullable Object[] row = new @Nullable Object[8];
        for (int c = 0; c < row.length; c++) {
            columns.add(new Column("c" + c, c == 7 ? ValueType.TIMESTAMP : ValueType.STRING));
            row[c] = c == 7 ? (Object) Long.MAX_VALUE : "\u0001\"\u20ac\ud83d\ude00".repeat(c);
        }
        List<Object[]> rows = java.util.Collections.nCopies(100_000, row);
        byte[] written = ResponseCodec.write(response(columns, rows), 1_000_000);
        JsonNode answer = JSON.readTree(written);
        JsonNode table = answer.at("/results/s1");

        assertThat(written).hasSizeLessThanOrEqualTo(1_000_000).hasSizeGreaterThan(900_000);
        assertThat(table.path("truncated").booleanValue()).isTrue();
        assertThat(table.path("row_count").intValue())
                .isEqualTo(table.path("rows").size());
        assertThat(answer.path("status").textValue()).isEqualTo("ok");
        assertThat(answer.at("/warnings/0/code").textValue()).isEqualTo("RESULT_TOO_LARGE");
        assertThat(table.path("rows")).allSatisfy(r -> assertThat(r).hasSize(8));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 600, 2_000, 20_000, 200_000})
    void answerIsNeverLargerThanTheBoundUnlessNothingIsLeftToCut(int bytesMax) throws IOException {
        Map<String, ResultTable> results = new LinkedHashMap<>();
        for (int i = 0; i < 64; i++) {
            results.put(
                    "s" + i,
                    new ResultTable(
                            column(ValueType.INT),
                            java.util.Collections.nCopies(i * 50, new Object[] {(long) i}),
                            false));
        }
        byte[] written = ResponseCodec.write(with(results, List.of()), bytesMax);
        JsonNode answer = JSON.readTree(written);

        if (bytesMax >= 600) {
            assertThat(written).hasSizeLessThanOrEqualTo(bytesMax);
        }
        if (answer.path("status").textValue().equals("error")) {
            assertThat(answer.at("/errors/0/code").textValue()).isEqualTo("RESULT_TOO_LARGE");
        }
        assertThat(answer.path("request_id").textValue()).isEqualTo("r");
    }

    @Test
    void renderDataIsCutLikeRows() throws IOException {
        List<Object[]> rows = java.util.Collections.nCopies(1_000, new Object[] {"\u0001\u20ac".repeat(50)});
        ObjectNode large =
                (ObjectNode) JSON.readTree("{\"type\":\"table\",\"data\":{\"columns\":[\"c\"],\"rows\":[]}}");
        rows.forEach(
                row -> ((ArrayNode) large.get("data").get("rows")).addArray().add(row[0].toString()));
        JsonNode small = JSON.readTree("{\"type\":\"summary\",\"data\":{\"columns\":[\"c\"],\"rows\":[[1]]}}");
        Response response = new Response(
                "r",
                1,
                Response.Status.OK,
                Map.of("s1", new ResultTable(column(ValueType.STRING), rows, false)),
                List.of(large, small),
                List.of(),
                null,
                null,
                null,
                List.of(),
                List.of(),
                1);
        byte[] written = ResponseCodec.write(response, 60_000);
        JsonNode answer = JSON.readTree(written);

        assertThat(written).hasSizeLessThanOrEqualTo(60_000);
        assertThat(answer.path("status").textValue()).isEqualTo("ok");
        assertThat(answer.at("/results/s1/truncated").booleanValue()).isTrue();
        assertThat(answer.at("/results/s1/rows")).isNotEmpty();
        assertThat(answer.at("/render/0/data/truncated").booleanValue()).isTrue();
        assertThat(answer.at("/render/0/data/rows")).hasSizeBetween(1, 999);
        assertThat(answer.at("/render/1")).isEqualTo(small);
        assertThat(large.at("/data/rows"))
                .as("the response itself stays as it is")
                .hasSize(1_000);
        assertThat(answer.at("/warnings/0/code").textValue()).isEqualTo("RESULT_TOO_LARGE");
    }

    @Test
    void answerThatFitsIsNotTouched() throws IOException {
        JsonNode answer = JSON.readTree(ResponseCodec.write(response(column(ValueType.INT), rows(1L, 2L)), 10_000));

        assertThat(answer.at("/results/s1/truncated").booleanValue()).isFalse();
        assertThat(answer.at("/results/s1/row_count").intValue()).isEqualTo(2);
        assertThat(answer.path("warnings")).isEmpty();
    }

    @Test
    void answerOfErrorsAloneThatIsTooLargeBecomesAnError() throws IOException {
        List<Problem> errors =
                java.util.Collections.nCopies(1_000, Problem.of(ErrorCode.INVALID_PLAN, "x".repeat(100)));
        byte[] written = ResponseCodec.write(Response.error("r", 1, errors, 0), 10_000);

        assertThat(written).hasSizeLessThan(10_000);
        assertThat(JSON.readTree(written).at("/errors/0/code").textValue()).isEqualTo("RESULT_TOO_LARGE");
    }

    private static Response response(List<Column> columns, List<Object[]> rows) {
        return with(Map.of("s1", new ResultTable(columns, rows, false)), List.of());
    }

    private static Response with(Map<String, ResultTable> results, List<Problem> warnings) {
        return new Response(
                "r", 1, Response.Status.OK, results, List.of(), List.of(), null, null, null, List.of(), warnings, 1);
    }

    private static List<Column> column(ValueType type) {
        return List.of(new Column("c", type));
    }

    private static List<Object[]> rows(Object... cells) {
        List<Object[]> rows = new ArrayList<>();
        for (Object cell : cells) {
            rows.add(new Object[] {cell});
        }
        return rows;
    }
}
