package io.millrace.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ExplainLevel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainWordsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "EXPLAIN SELECT id FROM papers; PLAN",
                "explain analyze MATCH (a) RETURN a; ANALYZE",
                "-- why? \\n EXPLAIN ANALYZE SELECT 1; ANALYZE",
                "SELECT explain FROM papers;",
                "\"explain\";",
                "'';",
            })
    void levelIsThatOfTheFirstWords(String statement, @Nullable ExplainLevel level) {
        assertThat(ExplainWords.level(statement.replace("\\n", "\n"))).isEqualTo(level);
    }
}
