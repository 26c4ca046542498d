package io.millrace.benchmarks.search;

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

class FilteredCommandITCase {
    @Test
    void filteredSearchesAreComparedWithExactOnes(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("out.json");
        int exit = new CommandLine(new FilteredCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .execute("--synthetic=3000,8", "--queries=20", "--rounds=1", "--json=" + json);
        assertThat(exit).isZero();
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        for (String share : new String[] {"100", "50", "10", "1", "01"}) {
            assertThat(figures.at("/filtered_recall_" + share + "/value").doubleValue())
                    .isGreaterThanOrEqualTo(0.95);
            assertThat(figures.at("/filtered_qps_over_exact_" + share + "/value")
                            .doubleValue())
                    .isPositive();
        }
        assertThat(figures.at("/filtered_qps_over_exact/value").doubleValue()).isPositive();
    }
}
