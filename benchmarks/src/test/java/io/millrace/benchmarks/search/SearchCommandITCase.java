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

class SearchCommandITCase {
    @Test
    void requestsFindTheNearestAndAreCompared(@TempDir Path folder) throws IOException {
        Path json = folder.resolve("out.json");
        int exit = new CommandLine(new SearchCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .execute("--synthetic=300,8", "--queries=10", "--rounds=1", "--seconds=1", "--json=" + json);
        assertThat(exit).isZero();
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertThat(figures.at("/job_search_qps/value").doubleValue()).isPositive();
        assertThat(figures.at("/job_search_ratio/value").doubleValue()).isPositive();
        assertThat(figures.at("/job_search_recall/value").doubleValue()).isGreaterThan(0.95);
    }
}
