package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.codec.RequestCodec;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestBuilderTest {
    private static final RequestBuilder EVERYTHING = RequestBuilder.plan("{\"steps\": []}")
            .id("r-1")
            .parameter("name", JsonNodeFactory.instance.textNode("Ada"))
            .parameter("v", new float[] {0.5f, -1})
            .explain(ExplainLevel.ANALYZE)
            .minOffsets(new OffsetToken(Map.of("e-1", 7L, "e-0", 3L)))
            .timeout(Duration.ofSeconds(2))
            .returnAll();

    @Test
    void everyMemberStandsWhereTheRequestCodecReadsIt() {
        assertThat(EVERYTHING.build())
                .hasToString(
                        "{\"plan\":{\"steps\":[]},\"request_id\":\"r-1\",\"parameters\":{\"name\":\"Ada\",\"v\":[0.5,-1.0]},"
                                + "\"explain\":\"analyze\",\"freshness\":{\"min_offsets\":{\"e-0\":3,\"e-1\":7}},"
                                + "\"timeout_ms\":2000,\"return\":\"all\"}");
    }

    @Test
    void whatIsBuiltIsARequestWithoutProblems() {
        byte[] bytes = EVERYTHING.build().toString().getBytes(StandardCharsets.UTF_8);

        var decoded = new RequestCodec(1 << 20).read(bytes, "default");

        assertThat(decoded.problems()).isEmpty();
        assertThat(decoded.request()).isNotNull();
        assertThat(decoded.requestId()).isEqualTo("r-1");
    }

    @Test
    void statementIsSentAsItIs() {
        assertThat(RequestBuilder.statement("SHOW \"x\"").build()).hasToString("{\"statement\":\"SHOW \\\"x\\\"\"}");
    }

    @Test
    void planThatIsNoJsonIsRefusedHere() {
        assertThatThrownBy(() -> RequestBuilder.plan("{"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("plan is not JSON");
    }
}
