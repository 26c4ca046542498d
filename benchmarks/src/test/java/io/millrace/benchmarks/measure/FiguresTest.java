package io.millrace.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
    private final Figures figures = new Figures()
            .put("request_p50_ms", 0.90449, "ms")
            .put("documents_per_s", 123456.7, "1/s")
            .put("ingest_p99_ms", 36.04, "ms");

    @Test
    void everyFigureIsALineInItsOrder() {
        StringWriter text = new StringWriter();
        figures.print(new PrintWriter(text));
        assertThat(text.toString().lines())
                .containsExactly(
                        "FIGURE request_p50_ms 0.904 ms",
                        "FIGURE documents_per_s 123457 1/s",
                        "FIGURE ingest_p99_ms 36.0 ms");
    }

    @Test
    void jsonHoldsFiguresByNameAndTheSettings(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("out.json");
        figures.write(file, Map.of("rounds", 5, "D", Map.of("a", "b")));
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.at("/request_p50_ms/value").doubleValue()).isEqualTo(0.90449);
        assertThat(json.at("/documents_per_s/unit").textValue()).isEqualTo("1/s");
        assertThat(json.at("/settings/rounds").intValue()).isEqualTo(5);
        assertThat(json.at("/settings/D/a").textValue()).isEqualTo("b");
    }

    @Test
    void figureIsPutOnceAndIsANumber() {
        assertThatIllegalArgumentException().isThrownBy(() -> figures.put("request_p50_ms", 1, "ms"));
        assertThatIllegalArgumentException().isThrownBy(() -> figures.put("other", Double.NaN, "ms"));
    }
}
