package io.millrace.planner.generate;

import static io.millrace.planner.Samples.after;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.protocol.catalog.Catalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogSummaryTest {
    private static final List<String> STATEMENTS = List.of(
            "CREATE COLLECTION notes (id STRING PRIMARY KEY, body STRING, at TIMESTAMP, v VECTOR(4)) WITH (time_field ="
                    + " 'at', retention = '1d')",
            "CREATE COLLECTION people (code INT PRIMARY KEY)",
            "CREATE EVENT TYPE Noted ON notes (body STRING)",
            "CREATE EDGE TYPE WROTE FROM people TO notes (since INT)",
            "CREATE VECTOR INDEX notes_v ON notes(v) USING flat WITH (metric = 'cosine')");

    private static Catalog catalog(List<String> statements) {
        Catalog catalog = Catalog.EMPTY;
        for (String statement : statements) {
            catalog = after(catalog, "ddl-" + catalog.version(), statement);
        }
        return catalog;
    }

    @Test
    void tellsOfEachCollectionItsFieldsEventTypesEdgesAndIndexes() {
        assertThat(CatalogSummary.of(catalog(STATEMENTS), 10_000))
                .isEqualTo("{\"collections\":{"
                        + "\"notes\":{\"primary_key\":[\"id\"],\"fields\":{\"id\":\"STRING\",\"body\":\"STRING\","
                        + "\"at\":\"TIMESTAMP\",\"v\":\"VECTOR(4)\"},\"time_field\":\"at\",\"retention_ms\":86400000,"
                        + "\"event_types\":{\"Noted\":[\"body\"]},"
                        + "\"vector_indexes\":{\"notes_v\":{\"field\":\"v\",\"metric\":\"cosine\"}}},"
                        + "\"people\":{\"primary_key\":[\"code\"],\"fields\":{\"code\":\"INT\"},"
                        + "\"edge_types_out\":{\"WROTE\":{\"to\":\"notes\",\"fields\":{\"since\":\"INT\"}}}}}}");
    }

    @Test
    void orderOfCreationDoesNotMatter() {
        List<String> other =
                List.of(STATEMENTS.get(1), STATEMENTS.get(0), STATEMENTS.get(4), STATEMENTS.get(3), STATEMENTS.get(2));

        assertThat(CatalogSummary.of(catalog(other), 10_000)).isEqualTo(CatalogSummary.of(catalog(STATEMENTS), 10_000));
    }

    @Test
    void whatDoesNotFitIsLeftOutAndCounted() {
        assertThat(CatalogSummary.of(catalog(STATEMENTS), 200))
                .startsWith("{\"collections\":{\"people\":")
                .endsWith("\"collections_left_out\":1}")
                .hasSizeLessThan(300);
    }

    @Test
    void schemaOfThePromptIsThatOfTheDocumentation() throws IOException {
        Path file = Path.of(System.getProperty("millrace.root", ".."), "docs", "api", "plan.schema.json");
        try (InputStream resource = PlanPrompt.class.getResourceAsStream("plan.schema.json")) {
            assertThat(new ObjectMapper().readTree(resource))
                    .isEqualTo(new ObjectMapper().readTree(Files.readString(file)));
        }
    }
}
