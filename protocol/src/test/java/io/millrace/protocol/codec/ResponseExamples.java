package io.millrace.protocol.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers of every status, which are golden files too. */
public final class ResponseExamples {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResponseExamples() {}

    public static Map<String, Response> all() {
        Map<String, Response> all = new LinkedHashMap<>();
        all.put("response-ok.json", ok());
        all.put("response-partial.json", partial());
        all.put("response-error.json", error());
        return all;
    }

    private static Response ok() {
        List<Column> columns = List.of(
                new Column("id", ValueType.STRING),
                new Column("score", ValueType.DOUBLE),
                new Column("year", ValueType.INT),
                new Column("at", ValueType.TIMESTAMP),
                new Column("open", ValueType.BOOLEAN),
                new Column("v", ValueType.VECTOR),
                new Column("tags", ValueType.JSON));
        List<Object[]> rows = new ArrayList<>();
        rows.add(new @Nullable Object[] {
            "p3",
            0.875,
            1998L,
            1_700_000_000_123L,
            true,
            new float[] {0.5f, -1f},
            new JsonText("[\"a\", {\"b\": 1.10}]")
        });
        rows.add(new @Nullable Object[] {"\u00fc \"quoted\"\n\ud83d\ude00", -0.25, null, null, null, null, null});
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("path", "ANN");
        summary.put("index", "papers_v");
        summary.put("shards", 4);
        ObjectNode render = JSON.createObjectNode().put("type", "table");
        render.putArray("columns").add("id").add("score");
        ObjectNode data = render.putObject("data");
        data.putArray("columns").add("id").add("score");
        data.putArray("rows").addArray().add("p3").add(0.5);
        return new Response(
                "r-1",
                1,
                Response.Status.OK,
                Map.of("s1", new ResultTable(columns, rows, false)),
                List.of(render),
                List.of(new StepReport("s1", StepReport.Status.OK, 2, 1.23456, List.of(), null, summary)),
                new FreshnessCertificate(
                        Map.of("millrace.events-1", 17L, "millrace.events-0", 1300L), 0, 0, 3, List.of()),
                new Coverage(4, 4, List.of()),
                null,
                List.of(),
                List.of(Problem.at(
                        ErrorCode.INVALID_RENDER, "$.plan.render[0].columns[2]", "no row has column \"rGroup\"")),
                2.4);
    }

    private static Response partial() {
        Problem timedOut = Problem.of(ErrorCode.DEADLINE_EXCEEDED, "1 of 4 shards did not answer within 200 ms");
        Map<String, ResultTable> results = new LinkedHashMap<>();
        results.put("s2", new ResultTable(List.of(new Column("count", ValueType.INT)), rows(5L), true));
        List<StepReport> steps = List.of(
                new StepReport("s0", StepReport.Status.FAILED, 0, 0.1, List.of(unknownField()), null, Map.of()),
                new StepReport("s1", StepReport.Status.SKIPPED, 0, 0, List.of(), "s0", Map.of()),
                new StepReport("s2", StepReport.Status.PARTIAL, 1, 200, List.of(timedOut), null, Map.of()),
                new StepReport("s3", StepReport.Status.TIMED_OUT, 0, 30_000, List.of(timedOut), null, Map.of()));
        ShardCertificate shard = new ShardCertificate(
                0, List.of(new SourceProgress("millrace.events-0", 1300, 1302, 99)), 2, FreshnessMode.BATCHED, 5, 6);
        ShardCertificate plain = new ShardCertificate(
                1, List.of(new SourceProgress("millrace.events-0", 1301, 1301, 99)), 0, null, 0, 0);
        return new Response(
                "r-2",
                2,
                Response.Status.PARTIAL,
                results,
                List.of(),
                steps,
                new FreshnessCertificate(Map.of("millrace.events-0", 1300L), 5, 6, 12, List.of(shard, plain)),
                new Coverage(4, 3, List.of(2)),
                JSON.createObjectNode().put("node", "Sequence"),
                List.of(unknownField(), timedOut),
                List.of(),
                30_000.5);
    }

    private static Response error() {
        return Response.error(
                "r-3",
                1,
                List.of(
                        unknownField(),
                        Problem.of(ErrorCode.OVERLOADED, "1000 requests are in flight")
                                .withHint("try again in 100 ms"),
                        Problem.of(ErrorCode.INVALID_JSON, "unexpected end-of-input")
                                .withDetail("line 1, column 7")),
                0.0004);
    }

    private static Problem unknownField() {
        return Problem.at(ErrorCode.NOT_FOUND_FIELD, "$.plan.steps[0].params.filter.yaer", "there is no field \"yaer\"")
                .withAllowed(List.of("id", "title", "year"))
                .withNearest("year");
    }

    private static List<Object[]> rows(Object cell) {
        List<Object[]> rows = new ArrayList<>();
        rows.add(new Object[] {cell});
        return rows;
    }
}
