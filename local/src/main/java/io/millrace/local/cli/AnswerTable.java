package io.millrace.local.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws answers for people: a table a step, and below it timing, freshness, errors and warnings. */
public final class AnswerTable {
    private static final int CELL_WIDTH_MAX = 40;

    private AnswerTable() {}

    public static List<String> render(Answer answer) {
        return render(answer, Integer.MAX_VALUE);
    }

    /** Draws at most {@code rowsMax} rows of each table. */
    public static List<String> render(Answer answer, int rowsMax) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, JsonNode> result : answer.json().path("results").properties()) {
            lines.addAll(table(result.getKey(), result.getValue(), rowsMax));
        }
        for (JsonNode step : answer.json().path("steps")) {
            if (!step.path("status").asText().equals("ok")) {
                lines.add("step " + step.path("id").asText() + ": "
                        + step.path("status").asText() + reason(step));
            }
        }
        answer.json().path("errors").forEach(problem -> lines.add("ERROR   " + problem(problem)));
        answer.json().path("warnings").forEach(problem -> lines.add("warning " + problem(problem)));
        lines.add(summary(answer));
        return lines;
    }

    private static List<String> table(String name, JsonNode result, int rowsMax) {
        List<String[]> cells = new ArrayList<>();
        cells.add(texts(result.path("columns")));
        for (JsonNode row : result.path("rows")) {
            if (cells.size() > rowsMax) {
                break;
            }
            cells.add(texts(row));
        }
        int[] widths = new int[cells.get(0).length];
        cells.forEach(row ->
                Arrays.setAll(widths, c -> Math.max(widths[c], row[c].codePointCount(0, row[c].length()))));
        List<String> lines = new ArrayList<>();
        int rows = result.path("row_count").asInt();
        lines.add(name + " (" + rows + (rows == 1 ? " row" : " rows")
                + (result.path("truncated").asBoolean() ? ", truncated" : "") + ")");
        lines.add("  " + line(cells.get(0), widths));
        lines.add("  " + "-".repeat(Arrays.stream(widths).sum() + 2 * Math.max(0, widths.length - 1)));
        cells.subList(1, cells.size()).forEach(row -> lines.add("  " + line(row, widths)));
        if (cells.size() - 1 < rows) {
            lines.add("  … " + (rows - cells.size() + 1) + " more");
        }
        return lines;
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < row.length; c++) {
            int pad = widths[c] - row[c].codePointCount(0, row[c].length());
            line.append(row[c]).append(c == row.length - 1 ? "" : " ".repeat(pad + 2));
        }
        return line.toString();
    }

    private static String[] texts(JsonNode row) {
        String[] texts = new String[row.size()];
        for (int c = 0; c < texts.length; c++) {
            texts[c] = text(row.get(c));
        }
        return texts;
    }

    private static String text(JsonNode cell) {
        String text = cell.isTextual()
                ? cell.asText()
                : cell.isDouble() ? String.format(Locale.ROOT, "%.6g", cell.asDouble()) : cell.toString();
        String clean = text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .limit(CELL_WIDTH_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return clean.length() < text.length() ? clean + "…" : clean;
    }

    private static String reason(JsonNode step) {
        String because = step.path("skipped_because").asText("");
        return because.isEmpty() ? " (" + problem(step.path("error")) + ")" : ", because of " + because;
    }

    /** One line with everything that helps to mend it. */
    private static String problem(JsonNode problem) {
        StringBuilder line = new StringBuilder(problem.path("code").asText());
        line.append("  ").append(problem.path("message").asText());
        append(line, " at ", problem.path("path").asText(""), "");
        append(line, " (", problem.path("detail").asText(""), ")");
        append(line, "; did you mean \"", problem.path("nearest").asText(""), "\"?");
        List<String> allowed = new ArrayList<>();
        problem.path("allowed").forEach(value -> allowed.add(value.asText()));
        append(line, "; allowed: ", String.join(", ", allowed), "");
        append(line, "; ", problem.path("hint").asText(""), "");
        return line.toString();
    }

    private static void append(StringBuilder line, String before, String text, String after) {
        if (!text.isEmpty()) {
            line.append(before).append(text).append(after);
        }
    }

    private static String summary(Answer answer) {
        JsonNode freshness = answer.json().path("freshness");
        String fresh = freshness.isMissingNode()
                ? ""
                : ", lag " + freshness.path("lag_ms").asLong() + " ms at " + freshness.path("applied");
        return String.format(
                Locale.ROOT,
                "%s in %.1f ms (round trip %.1f ms)%s",
                answer.status(),
                answer.json().path("elapsed_ms").asDouble(),
                answer.roundTripNanos() / 1e6,
                fresh);
    }
}
