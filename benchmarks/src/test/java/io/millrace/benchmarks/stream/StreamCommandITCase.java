package io.millrace.benchmarks.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StreamCommandITCase {
    @ParameterizedTest
    @CsvSource({
        "index,IMMEDIATE,hnsw",
        "index,BATCHED,hnsw",
        "index,ASYNC,hnswlib",
        "index,REBUILD_ONLY,hnsw",
        "kafka,IMMEDIATE,hnsw"
    })
    void searchesSeeExactlyWhatIsThere(String through, String mode, String engine, @TempDir Path folder)
            throws IOException {
        Path runbook = folder.resolve("ops.jsonl");
        Files.writeString(runbook, """
                {"step": 1, "op": "insert", "start": 0, "end": 200}
                {"step": 2, "op": "search"}
                {"step": 3, "op": "delete", "start": 0, "end": 100}
                {"step": 4, "op": "replace", "tags_start": 100, "tags_end": 150, "ids_start": 250, "ids_end": 300}
                {"step": 5, "op": "search"}
                """);
        Path json = folder.resolve("out.json");
        int exit = new CommandLine(new StreamCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .execute(
                        "--runbook=" + runbook,
                        "--synthetic=300,8",
                        "--queries=10",
                        "--mode=" + mode,
                        "--engine=" + engine,
                        "--through=" + through,
                        "--upserts-per-s=50",
                        "--rounds=1",
                        "--seconds=1",
                        "--json=" + json);
        assertThat(exit).isZero();
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertThat(figures.at("/recall_min/value").doubleValue()).isGreaterThan(0.95);
        assertThat(figures.at("/updates_per_s/value").doubleValue()).isPositive();
        assertThat(figures.has("qps_kept_ratio")).isEqualTo(!mode.equals("REBUILD_ONLY"));
        assertThat(figures.has("searchable_p99_ms")).isEqualTo(through.equals("kafka"));
    }
}
