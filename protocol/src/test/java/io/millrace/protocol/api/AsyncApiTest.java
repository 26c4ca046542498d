package io.millrace.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsyncApiTest {
    private final JsonNode api = readApi();

    @Test
    void documentIsAsyncApi3() {
        assertThat(api.path("asyncapi").textValue()).isEqualTo("3.0.0");
        assertThat(api.path("info").path("title").textValue()).isEqualTo("Millrace");
    }

    @Test
    void topicsAreTheDefaults() {
        assertThat(api.path("channels").findValuesAsText("address"))
                .containsExactly(
                        "millrace.events",
                        "millrace.requests",
                        "millrace.responses",
                        "millrace.control",
                        "millrace.dead-letters");
    }

    @Test
    void everyOperationIsSentOrReceived() {
        assertThat(api.path("operations"))
                .isNotEmpty()
                .allSatisfy(operation ->
                        assertThat(operation.path("action").textValue()).isIn("send", "receive"));
    }

    @Test
    void requestNamesTheHeadersOfItsReply() {
        JsonNode headers = api.at("/components/messages/request/headers/properties");

        assertThat(headers.has("kafka_replyTopic")).isTrue();
        assertThat(headers.has("kafka_correlationId")).isTrue();
        assertThat(api.at("/operations/answerRequest/reply/address/location").textValue())
                .isEqualTo("$message.header#/kafka_replyTopic");
    }

    @Test
    void everyReferenceResolves() throws IOException {
        assertThat(references(api)).isNotEmpty().allSatisfy(reference -> assertResolves(api, reference));
    }

    @ParameterizedTest
    @ValueSource(strings = {"event", "request", "plan", "response", "control", "dead-letter-headers"})
    void everyReferenceOfASchemaResolves(String name) {
        JsonNode schema = ApiDocs.read(ApiDocs.FOLDER.resolve(name + ".schema.json"));

        assertThat(references(schema)).allSatisfy(reference -> assertResolves(schema, reference));
    }

    private static void assertResolves(JsonNode document, String reference) {
        int hash = reference.indexOf('#');
        String file = hash < 0 ? reference : reference.substring(0, hash);
        Path path = ApiDocs.FOLDER.resolve(file);
        assertThat(Files.exists(path)).as(reference).isTrue();
        if (hash >= 0) {
            JsonNode target = file.isEmpty() ? document : ApiDocs.read(path);
            assertThat(target.at(reference.substring(hash + 1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    @Test
    void everyExampleOfAMessageIsValid() {
        for (JsonNode message : api.at("/components/messages")) {
            for (JsonNode example : message.path("examples")) {
                String file = example.at("/payload/$ref").textValue();
                assertThat(ApiDocs.violations(
                                message.at("/payload/$ref").textValue(), ApiDocs.read(ApiDocs.FOLDER.resolve(file))))
                        .as(file)
                        .isEmpty();
            }
        }
    }

    private static List<String> references(JsonNode node) {
        List<String> references = new ArrayList<>();
        node.findValues("$ref").forEach(reference -> {
            if (reference.isTextual()) {
                references.add(reference.textValue());
            }
        });
        return references;
    }

    private static JsonNode readApi() {
        try {
            return new YAMLMapper()
                    .readTree(ApiDocs.FOLDER.resolve("asyncapi.yaml").toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
