package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.InferenceException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiEmbedderTest {
    private static OpenAiEmbedder embedder(ModelServer server) {
        return new OpenAiEmbedder(new HttpService(server.uri(), null, 5_000, 0), "small");
    }

    @Test
    void vectorsAreInTheOrderOfTheTextsWhateverThatOfTheAnswer() throws Exception {
        try (ModelServer server = new ModelServer(ModelServer.json("""
                {"object": "list", "model": "small", "usage": {"total_tokens": 3}, "data": [
                  {"object": "embedding", "index": 1, "embedding": [0, 1.5]},
                  {"object": "embedding", "index": 0, "embedding": [-0.25, 2]}]}
                """))) {
            OpenAiEmbedder embedder = embedder(server);
            assertThat(embedder.dimension()).isEqualTo(-1);

            List<float[]> vectors = embedder.embed(List.of("one", "two"));

            assertThat(vectors).containsExactly(new float[] {-0.25f, 2}, new float[] {0, 1.5f});
            assertThat(embedder.dimension()).isEqualTo(2);
            assertThat(server.calls().get(0).body()).isEqualTo("{\"model\":\"small\",\"input\":[\"one\",\"two\"]}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"data\": []}",
                "{\"data\": [{\"embedding\": [1]}, {\"embedding\": [1]}]}",
                "{\"data\": [{\"index\": 1, \"embedding\": [1]}]}",
                "{\"data\": [{\"index\": -1, \"embedding\": [1]}]}",
                "{\"data\": [{\"index\": 0}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": []}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [\"1\"]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [null]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [1e300]}]}",
                "{\"data\": [{\"index\": 0, \"embedding\": [\"NaN\"]}]}",
            })
    void answerWithoutAGoodVectorForEachTextIsMalformed(String answer) {
        try (ModelServer server = new ModelServer(ModelServer.json(answer))) {
            assertThatThrownBy(() -> embedder(server).embed(List.of("one")))
                    .satisfies(e -> assertThat(((InferenceException) e).kind()).isEqualTo(Kind.MALFORMED));
        }
    }

    @Test
    void serviceMayNotChangeItsDimension() throws Exception {
        try (ModelServer server = new ModelServer(
                ModelServer.json("{\"data\": [{\"embedding\": [1, 2]}]}"),
                ModelServer.json("{\"data\": [{\"embedding\": [1, 2, 3]}]}"))) {
            OpenAiEmbedder embedder = embedder(server);
            assertThat(embedder.embed(List.of("one"))).hasSize(1);

            assertThatThrownBy(() -> embedder.embed(List.of("two"))).hasMessageContaining("no array of 2 numbers");
        }
    }

    @Test
    void keyComesFromTheVariableThatIsNamed() throws Exception {
        try (ModelServer server = new ModelServer(ModelServer.json("{\"data\": [{\"embedding\": [1]}]}"))) {
            OpenAiEmbedderFactory factory = new OpenAiEmbedderFactory(Map.of("MY_KEY", "secret\n")::get);

            try (Embedder embedder = factory.open(settings(server.uri().toString(), "MY_KEY"))) {
                assertThat(embedder.embed(List.of("one"))).containsExactly(new float[] {1});
            }

            assertThat(server.calls().get(0).header("Authorization")).isEqualTo("Bearer secret");
            assertThatThrownBy(() -> factory.open(settings(server.uri().toString(), "OTHER")))
                    .hasMessageContaining("\"OTHER\"")
                    .satisfies(e -> assertThat(((InferenceException) e).kind()).isEqualTo(Kind.NOT_CONFIGURED));
        }
    }

    @Test
    void baseUrlThatIsNoneIsTold() {
        assertThatThrownBy(() -> new OpenAiEmbedderFactory().open(settings("ftp://x", null)))
                .hasMessageContaining("ftp://x");
    }

    private static EmbedderSettings settings(String base, @org.jspecify.annotations.Nullable String variable) {
        return new EmbedderSettings("openai", base, "small", variable, 5_000, 0, 8, 1, 100);
    }
}
