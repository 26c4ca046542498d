package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.MillraceException;
import io.millrace.protocol.codec.EventDecoder;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.EventSource;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventKeyTest {
    private static @Nullable String key(String event) {
        byte[] key = EventKey.ofText(event.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return key == null ? null : new String(key, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'op': 'upsert', 'collection': 'people', 'id': 'ada'} | people/ada",
                "{'op': 'delete', 'collection': 'people', 'id': 7} | people/7",
                "{'op': 'upsert_edge', 'type': 'knows', 'from': 'ada', 'to': 'bob'} | ada",
                "{'op': 'delete_edge', 'type': 'met', 'from': 'ada', 'to': 'zoe', 'id': 'x'} | ada",
                "{'op': 'upsert', 'collection': 'people'} | people/",
            })
    void eventsThatMustStayInOrderHaveOneKey(String event, String key) {
        assertThat(key(event)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "nonsense", "[]", "{'op': 'upsert'}"})
    void whatIsNoEventHasNoKey(String event) {
        assertThat(key(event)).isNull();
    }

    /** The same key without a value deletes the row. */
    @Test
    void keyOfADocumentIsThatOfItsTombstone() throws MillraceException {
        EventDecoder decoder = EventDecoder.of(EventSource.json("events"), 1_000);
        byte[] key = EventKey.ofText("{\"collection\": \"people\", \"id\": \"ada\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(decoder.decode(key, null))
                .isEqualTo(new DocumentChange(ChangeKind.DELETE, "people", "ada", null, false, EncodedFields.NONE));
    }
}
