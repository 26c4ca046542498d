package io.millrace.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.client.Answer;
import org.junit.jupiter.api.Test;

class AnswerTableTest {
    @Test
    void errorSaysWhereItIsWhatWasMeantAndWhatIsAllowed() throws JsonProcessingException {
        Answer answer = new Answer(
                new ObjectMapper()
                        .readTree(
                                "{\"status\": \"error\", \"elapsed_ms\": 0.5, \"errors\": [{\"code\": \"INVALID_FIELD\","
                                        + " \"message\": \"unknown field \\\"colection\\\"\", \"path\": \"$.plan\","
                                        + " \"nearest\": \"collection\", \"allowed\": [\"collection\", \"limit\"]}]}"),
                2_000_000);

        assertThat(AnswerTable.render(answer))
                .containsExactly(
                        "ERROR   INVALID_FIELD  unknown field \"colection\" at $.plan; did you mean \"collection\"?;"
                                + " allowed: collection, limit",
                        "error in 0.5 ms (round trip 2.0 ms)");
    }

    @Test
    void rowsBeyondTheBoundAreCountedAndNotDrawn() throws JsonProcessingException {
        Answer answer = new Answer(
                new ObjectMapper()
                        .readTree(
                                "{\"status\": \"ok\", \"elapsed_ms\": 1, \"results\": {\"s\": {\"columns\": [\"id\", \"n\"],"
                                        + " \"rows\": [[\"a\", 1], [\"bb\", null]], \"row_count\": 2, \"truncated\": false}}}"),
                1_000_000);

        assertThat(AnswerTable.render(answer, 1))
                .containsExactly(
                        "s (2 rows)",
                        "  id  n",
                        "  -----",
                        "  a   1",
                        "  … 1 more",
                        "ok in 1.0 ms (round trip 1.0 ms)");
    }
}
