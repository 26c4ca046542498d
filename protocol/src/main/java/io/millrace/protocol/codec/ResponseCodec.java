package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.protocol.Coverage;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.FreshnessCertificate;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.StepReport;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes responses as JSON: snake_case names, timestamps as ISO-8601 in UTC with milliseconds. One that would pass the
 * bound is cut at whole rows, which is said in it.
 */
public final class ResponseCodec {
    private static final JsonFactory JSON = new ObjectMapper().getFactory();
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    /** What the marks of a cut take, beyond what is written without rows. */
    private static final int CUT_SLACK = 512;

    private ResponseCodec() {}

    /** Returns the response in at most {@code bytesMax} bytes. */
    public static byte[] write(Response response, int bytesMax) {
        byte[] whole =
                write(response, new RowBudget(Long.MAX_VALUE, response.results().size()));
        if (whole.length <= bytesMax) {
            return whole;
        }
        byte[] frame = write(withoutRows(response), new RowBudget(0, 0));
        int tables = response.results().size() + response.render().size();
        RowBudget left = new RowBudget(Math.max(0, (long) bytesMax - frame.length - CUT_SLACK), tables);
        List<JsonNode> render = RenderCut.cut(response.render(), left.share());
        byte[] cut =
                write(with(response, response.results(), render, cutWarnings(response, whole.length, bytesMax)), left);
        return cut.length <= bytesMax ? cut : write(tooLarge(response, whole.length, bytesMax), new RowBudget(0, 0));
    }

    /** Returns the ISO-8601 form of epoch milliseconds. */
    public static String timestamp(long epochMs) {
        return TIMESTAMP.format(Instant.ofEpochMilli(epochMs));
    }

    private static Response withoutRows(Response response) {
        Map<String, ResultTable> results = new java.util.LinkedHashMap<>();
        response.results().forEach((id, table) -> results.put(id, table.head(0)));
        return with(response, results, RenderCut.cut(response.render(), 0), response.warnings());
    }

    private static List<Problem> cutWarnings(Response response, int bytes, int bytesMax) {
        List<Problem> warnings = new java.util.ArrayList<>(response.warnings());
        warnings.add(Problem.of(
                        ErrorCode.RESULT_TOO_LARGE,
                        "answer of " + bytes + " bytes was cut to at most " + bytesMax + " bytes")
                .withHint("ask for fewer rows or columns"));
        return warnings;
    }

    private static Response tooLarge(Response response, int bytes, int bytesMax) {
        return Response.error(
                response.requestId(),
                response.attempt(),
                List.of(Problem.of(
                        ErrorCode.RESULT_TOO_LARGE,
                        "answer of " + bytes + " bytes cannot be cut to " + bytesMax + " bytes")),
                response.elapsedMs());
    }

    private static Response with(
            Response r, Map<String, ResultTable> results, List<JsonNode> render, List<Problem> warnings) {
        return new Response(
                r.requestId(),
                r.attempt(),
                r.status(),
                results,
                render,
                r.steps(),
                r.freshness(),
                r.coverage(),
                r.explain(),
                r.errors(),
                warnings,
                r.elapsedMs());
    }

    private static byte[] write(Response response, RowBudget budget) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("request_id", response.requestId());
            out.writeNumberField("attempt", response.attempt());
            out.writeStringField("status", lower(response.status()));
            writeResults(response, out, bytes, budget);
            if (!response.render().isEmpty()) {
                out.writeArrayFieldStart("render");
                for (var node : response.render()) {
                    out.writeTree(node);
                }
                out.writeEndArray();
            }
            writeSteps(response.steps(), out);
            writeFreshness(response.freshness(), out);
            writeCoverage(response.coverage(), out);
            if (response.explain() != null) {
                out.writeFieldName("explain");
                out.writeTree(response.explain());
            }
            writeProblems("errors", response.errors(), out);
            writeProblems("warnings", response.warnings(), out);
            out.writeNumberField("elapsed_ms", rounded(response.elapsedMs()));
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }

    private static void writeResults(
            Response response, JsonGenerator out, ByteArrayOutputStream bytes, RowBudget budget) throws IOException {
        out.writeObjectFieldStart("results");
        for (Map.Entry<String, ResultTable> entry : response.results().entrySet()) {
            ResultTable table = entry.getValue();
            out.writeObjectFieldStart(entry.getKey());
            out.writeArrayFieldStart("columns");
            for (var column : table.columns()) {
                out.writeString(column.name());
            }
            out.writeEndArray();
            int written = writeRows(table, out, bytes, budget.share());
            out.writeNumberField("row_count", written);
            out.writeBooleanField(
                    "truncated", table.truncated() || written < table.rows().size());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static int writeRows(ResultTable table, JsonGenerator out, ByteArrayOutputStream bytes, long bytesMax)
            throws IOException {
        out.writeArrayFieldStart("rows");
        out.flush();
        long end = bytesMax == Long.MAX_VALUE ? Long.MAX_VALUE : bytes.size() + bytesMax;
        int written = 0;
        for (@Nullable Object[] row : table.rows()) {
            if (end != Long.MAX_VALUE && bytes.size() + sizeBound(row) > end) {
                break;
            }
            writeRow(table, row, out);
            if (end != Long.MAX_VALUE) {
                out.flush();
            }
            written++;
        }
        out.writeEndArray();
        return written;
    }

    private static void writeRow(ResultTable table, @Nullable Object[] row, JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (int c = 0; c < row.length; c++) {
            writeCell(table.columns().get(c).type(), row[c], out);
        }
        out.writeEndArray();
    }

    /** A bound from above on what a row takes: every character may need an escape of six bytes. */
    private static long sizeBound(@Nullable Object[] row) {
        long size = 3;
        for (int c = 0; c < row.length; c++) {
            Object value = row[c];
            if (value instanceof String text) {
                size += 3 + 6L * text.length();
            } else if (value instanceof JsonText json) {
                size += 1 + 3L * json.text().length();
            } else if (value instanceof float[] vector) {
                size += 2 + 16L * vector.length;
            } else {
                size += 32;
            }
        }
        return size;
    }

    private static void writeCell(ValueType type, @Nullable Object value, JsonGenerator out) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof Long number) {
            if (type == ValueType.TIMESTAMP) {
                out.writeString(timestamp(number));
            } else {
                out.writeNumber(number);
            }
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof float[] vector) {
            out.writeStartArray();
            for (float component : vector) {
                out.writeNumber(component);
            }
            out.writeEndArray();
        } else if (value instanceof JsonText json) {
            out.writeRawValue(json.text());
        } else {
            throw new IllegalArgumentException("no JSON form for " + value.getClass());
        }
    }

    private static void writeSteps(List<StepReport> steps, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("steps");
        for (StepReport step : steps) {
            out.writeStartObject();
            out.writeStringField("id", step.id());
            out.writeStringField("status", lower(step.status()));
            out.writeNumberField("rows", step.rows());
            out.writeNumberField("elapsed_ms", rounded(step.elapsedMs()));
            if (!step.errors().isEmpty()) {
                out.writeFieldName("error");
                writeProblem(step.errors().get(0), out);
            }
            if (step.skippedBecause() != null) {
                out.writeStringField("skipped_because", step.skippedBecause());
            }
            if (!step.summary().isEmpty()) {
                out.writeObjectFieldStart("explain");
                for (Map.Entry<String, Object> fact : step.summary().entrySet()) {
                    out.writeObjectField(fact.getKey(), fact.getValue());
                }
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeFreshness(@Nullable FreshnessCertificate freshness, JsonGenerator out) throws IOException {
        if (freshness == null) {
            return;
        }
        out.writeObjectFieldStart("freshness");
        writeOffsets("applied", freshness.applied(), out);
        out.writeNumberField("pending_rows", freshness.pendingRows());
        out.writeNumberField("stale_rows", freshness.staleRows());
        out.writeNumberField("lag_ms", freshness.lagMs());
        if (!freshness.shards().isEmpty()) {
            out.writeArrayFieldStart("shards");
            for (ShardCertificate shard : freshness.shards()) {
                writeCertificate(shard, out);
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void writeCertificate(ShardCertificate shard, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeNumberField("shard", shard.shard());
        out.writeObjectFieldStart("applied");
        for (SourceProgress progress : shard.progress()) {
            out.writeNumberField(progress.partition(), progress.applied());
        }
        out.writeEndObject();
        out.writeObjectFieldStart("applied_until");
        for (SourceProgress progress : shard.progress()) {
            out.writeNumberField(progress.partition(), progress.appliedUntil());
        }
        out.writeEndObject();
        out.writeNumberField("index_version", shard.indexVersion());
        out.writeStringField("mode", shard.mode() == null ? null : lower(shard.mode()));
        out.writeNumberField("pending_rows", shard.pendingRows());
        out.writeNumberField("stale_rows", shard.staleRows());
        out.writeEndObject();
    }

    private static void writeOffsets(String name, Map<String, Long> offsets, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> entry : offsets.entrySet()) {
            out.writeNumberField(entry.getKey(), entry.getValue());
        }
        out.writeEndObject();
    }

    private static void writeCoverage(@Nullable Coverage coverage, JsonGenerator out) throws IOException {
        if (coverage == null) {
            return;
        }
        out.writeObjectFieldStart("coverage");
        out.writeNumberField("shards", coverage.shards());
        out.writeNumberField("answered", coverage.answered());
        out.writeArrayFieldStart("missing");
        for (int shard : coverage.missing()) {
            out.writeNumber(shard);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeProblems(String name, List<Problem> problems, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart(name);
        for (Problem problem : problems) {
            writeProblem(problem, out);
        }
        out.writeEndArray();
    }

    /** Writes a problem; members that say nothing are left out. */
    static void writeProblem(Problem problem, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("code", problem.code().name());
        out.writeStringField("message", problem.message());
        writeOptional("path", problem.path(), out);
        writeOptional("detail", problem.detail(), out);
        writeOptional("hint", problem.hint(), out);
        if (!problem.allowed().isEmpty()) {
            out.writeArrayFieldStart("allowed");
            for (String value : problem.allowed()) {
                out.writeString(value);
            }
            out.writeEndArray();
        }
        writeOptional("nearest", problem.nearest(), out);
        out.writeEndObject();
    }

    private static void writeOptional(String name, @Nullable String value, JsonGenerator out) throws IOException {
        if (value != null) {
            out.writeStringField(name, value);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double rounded(double ms) {
        return Math.round(ms * 1000) / 1000.0;
    }

    /** Bytes that rows may take, in equal shares for every result and render. */
    private record RowBudget(long bytes, int tables) {
        long share() {
            return bytes == Long.MAX_VALUE ? bytes : bytes / Math.max(1, tables);
        }
    }
}
