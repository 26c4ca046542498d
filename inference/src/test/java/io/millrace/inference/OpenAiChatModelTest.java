package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.InferenceException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiChatModelTest {
    private static final List<ChatMessage> ASKED = List.of(
            new ChatMessage(ChatMessage.Role.SYSTEM, "be brief"), new ChatMessage(ChatMessage.Role.USER, "hello"));

    private static OpenAiChatModel model(ModelServer server) {
        return new OpenAiChatModel(new HttpService(server.uri(), null, 5_000, 0), "large", 42, 64);
    }

    @Test
    void sameQuestionIsAskedInTheSameWayAndAnsweredWithTheText() throws Exception {
        try (ModelServer server = new ModelServer(
                ModelServer.json("{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": \"hi\"},"
                        + " \"finish_reason\": \"stop\"}]}"))) {
            assertThat(model(server).complete(ASKED)).isEqualTo("hi");

            assertThat(server.calls()).singleElement().satisfies(call -> {
                assertThat(call.path()).isEqualTo("/v1/chat/completions");
                assertThat(call.body())
                        .isEqualTo("{\"model\":\"large\",\"temperature\":0,\"seed\":42,\"max_tokens\":64,\"messages\":"
                                + "[{\"role\":\"system\",\"content\":\"be brief\"},"
                                + "{\"role\":\"user\",\"content\":\"hello\"}]}");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"choices\": []}",
                "{\"choices\": [{\"message\": {\"content\": null}}]}",
                "{\"choices\": [{\"message\": {\"content\": \"{\\\"steps\"}, \"finish_reason\": \"length\"}]}"
            })
    void answerWithoutAWholeMessageIsMalformed(String answer) {
        try (ModelServer server = new ModelServer(ModelServer.json(answer))) {
            assertThatThrownBy(() -> model(server).complete(ASKED))
                    .satisfies(e -> assertThat(((InferenceException) e).kind()).isEqualTo(Kind.MALFORMED));
        }
    }
}
