package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static Answer answer(String json) throws Exception {
        return new Answer(new ObjectMapper().readTree(json), 5);
    }

    private static Answer table() throws Exception {
        return answer("{\"request_id\": \"r\", \"status\": \"ok\", \"results\": {\"s1\":"
                + " {\"columns\": [\"id\", \"n\"], \"rows\": [[\"a\", 1], [\"b\", null]]}}}");
    }

    @Test
    void rowsAndColumnsOfAStepAreReadByName() throws Exception {
        assertThat(table().columns("s1")).containsExactly("id", "n");
        assertThat(table().rows("s1")).hasSize(2);
        assertThat(table().column("s1", "id")).extracting(JsonNode::asText).containsExactly("a", "b");
        assertThat(table().column("s1", "n").get(1).isNull()).isTrue();
    }

    @Test
    void stepWithoutAResultHasNoRows() throws Exception {
        assertThat(table().rows("s2")).isEmpty();
    }

    @Test
    void columnThatIsNotThereIsAnErrorThatShowsTheAnswer() throws Exception {
        Answer answer = table();

        assertThatThrownBy(() -> answer.column("s1", "x"))
                .hasMessageContaining("no column \"x\"")
                .hasMessageContaining("\"request_id\"");
    }

    @Test
    void codeIsThatOfTheFirstError() throws Exception {
        Answer answer =
                answer("{\"status\": \"error\", \"errors\": [{\"code\": \"STALE\"}, {\"code\": \"INTERNAL\"}]}");

        assertThat(answer.isError()).isTrue();
        assertThat(answer.errorCode()).isEqualTo("STALE");
    }

    @Test
    void answerWithoutErrorsHasNoCode() throws Exception {
        assertThat(table().errorCode()).isNull();
        assertThat(table().isError()).isFalse();
    }
}
