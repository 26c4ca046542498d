package io.millrace.protocol.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.codec.DeadLetterCodec;
import io.millrace.protocol.codec.EventDecoder;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.mutation.EventSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/events.md shows is what the decoders do. */
class EventsDocTest {
    private static final Pattern BLOCK =
            Pattern.compile("^```json ?(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final EventDecoder json = EventDecoder.of(EventSource.json("millrace.events"), 1 << 20);
    private final EventDecoder debezium = EventDecoder.of(
            new EventSource("shop.inventory.products", EventSource.Format.DEBEZIUM, "products", List.of("id")),
            1 << 20);

    /** @param kind what stands behind {@code json} on the fence; empty for an event */
    private record Block(String kind, String text) {
        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void everyEventOnThePageIsDecodedAndValid() throws IOException, MillraceException {
        List<Block> events = blocks("");

        assertThat(events).hasSizeGreaterThan(6);
        for (Block event : events) {
            assertThat(json.decode(null, event.bytes())).as(event.text()).isNotNull();
            assertThat(ApiDocs.violations("event.schema.json", ApiDocs.JSON.readTree(event.text())))
                    .as(event.text())
                    .isEmpty();
        }
    }

    @Test
    void everyRefusedEventOnThePageIsRefused() throws IOException {
        assertThat(blocks("refused")).hasSize(3).allSatisfy(event -> {
            assertThat(catchThrowable(() -> json.decode(null, event.bytes()))).isInstanceOf(MillraceException.class);
            assertThat(isInvalid(event)).isTrue();
        });
    }

    private static boolean isInvalid(Block event) throws IOException {
        try {
            return !ApiDocs.violations("event.schema.json", ApiDocs.JSON.readTree(event.text()))
                    .isEmpty();
        } catch (JsonProcessingException noJson) {
            return true;
        }
    }

    @Test
    void everyDebeziumEventOnThePageIsDecoded() throws IOException, MillraceException {
        assertThat(blocks("debezium")).hasSize(1);
        for (Block event : blocks("debezium")) {
            assertThat(debezium.decode(null, event.bytes())).isNotNull();
        }
    }

    @Test
    void everyRequestOnThePageIsRead() throws IOException {
        assertThat(blocks("request")).hasSize(1).allSatisfy(request -> {
            assertThat(new RequestCodec(1 << 20)
                            .read(request.bytes(), "default")
                            .problems())
                    .isEmpty();
            assertThat(ApiDocs.violations("request.schema.json", ApiDocs.JSON.readTree(request.text())))
                    .isEmpty();
        });
    }

    @Test
    void blocksOfOtherKindsAreNotOverlooked() throws IOException {
        assertThat(all()).extracting(Block::kind).containsOnly("", "refused", "debezium", "request");
    }

    @Test
    void everyHeaderOfADeadLetterIsOnThePage() throws IOException {
        assertThat(page())
                .contains(
                        DeadLetterCodec.REASON,
                        DeadLetterCodec.MESSAGE,
                        DeadLetterCodec.SOURCE_TOPIC,
                        DeadLetterCodec.SOURCE_PARTITION,
                        DeadLetterCodec.SOURCE_OFFSET,
                        DeadLetterCodec.SOURCE_TIMESTAMP,
                        DeadLetterCodec.VALUE_BYTES,
                        DeadLetterCodec.VALUE_SHA256);
    }

    private static List<Block> blocks(String kind) throws IOException {
        return all().stream().filter(block -> block.kind().equals(kind)).toList();
    }

    private static List<Block> all() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(page());
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }

    private static String page() throws IOException {
        return Files.readString(ApiDocs.ROOT.resolve("docs/events.md"));
    }
}
