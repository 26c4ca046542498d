package io.millrace.benchmarks.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VectorsCommandITCase {
    /** Each engine is a process of its own, as with users. */
    @Test
    void figuresAreOfEnginesThatWereMeasuredAndOfNoOthers(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("out.json");
        StringWriter out = new StringWriter();
        int exit = new CommandLine(new VectorsCommand())
                .setOut(new PrintWriter(out))
                .execute(
                        "--synthetic=800,8",
                        "--queries=20",
                        "--engines=hnsw,flat",
                        "--quantization=none",
                        "--only=hnsw,flat",
                        "--rounds=1",
                        "--passes=1",
                        "--heap=256m",
                        "--json=" + json);
        assertThat(exit).isZero();
        assertThat(out.toString())
                .contains("FIGURE recall10_at_default ", "FIGURE insert_p50_us ", "FIGURE hnsw_reindex_cpu_s ");
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertThat(figures.at("/hnsw_over_flat_qps_ratio_recall95/value").doubleValue())
                .isPositive();
        assertThat(figures.at("/flat_qps_recall95/value").doubleValue()).isPositive();
        assertThat(figures.fieldNames())
                .toIterable()
                .noneMatch(name -> name.contains("hnswlib") || name.contains("lucene"));
    }
}
