package io.millrace.operators.types;

import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.SCAN;
import static io.millrace.operators.support.Examples.planned;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.support.Examples;
import io.millrace.protocol.Golden;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.codec.ControlCodec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** State that holds such bytes must be read for ever. Those of version 1 can no more be written. */
class StateBytesTest {
    private static final TypeSerializer<PendingRequest> SERIALIZER =
            MillraceTypes.PENDING_REQUEST.createSerializer(new SerializerConfigImpl());

    private static Map<String, PendingRequest> pending() {
        RequestOrigin origin = new RequestOrigin("requests", NOW_MS, "replies", new byte[] {0, -1});
        Map<String, PendingRequest> examples = new LinkedHashMap<>();
        examples.put("scan", new PendingRequest(1, planned("r-1", "'plan': " + SCAN)));
        examples.put(
                "two-steps",
                new PendingRequest(
                        2,
                        planned(
                                "r-2",
                                "'explain': 'analyze', 'return': 'all', 'freshness': {'min_offsets':"
                                        + " {'millrace.events-0': 7}}, 'plan': " + Examples.SCAN_AND_TRAVERSE,
                                origin)));
        examples.put(
                "command",
                new PendingRequest(
                        300, planned("ddl", "'statement': 'CREATE COLLECTION cities (id STRING PRIMARY KEY)'")));
        return examples;
    }

    @Test
    void pendingRequestsAreReadAndWrittenAsTheyWere() throws IOException {
        Map<String, byte[]> written = new LinkedHashMap<>();
        for (var example : pending().entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            SERIALIZER.serialize(example.getValue(), out);
            written.put(example.getKey(), out.getCopyOfBuffer());
        }
        Golden.verifyBytes("pending-request-v2.hex", written);
        for (String file : List.of("pending-request-v1.hex", "pending-request-v2.hex")) {
            for (var committed : Golden.readBytes(file).entrySet()) {
                PendingRequest read = SERIALIZER.deserialize(new DataInputDeserializer(committed.getValue()));
                assertThat(read)
                        .as(file)
                        .usingRecursiveComparison()
                        .isEqualTo(pending().get(committed.getKey()));
            }
        }
    }

    @Test
    void waitingRequestsAreReadAndWrittenAsTheyWere() throws IOException {
        TypeSerializer<WaitingRequest> serializer =
                MillraceTypes.WAITING_REQUEST.createSerializer(new SerializerConfigImpl());
        Map<String, WaitingRequest> waiting = new LinkedHashMap<>();
        byte[] value = Examples.request("r-1", "'question': {'text': 'who'}");
        waiting.put("plain", new WaitingRequest("k", Examples.ORIGIN, value, 7, NOW_MS + 1, NOW_MS + 60_000));
        RequestOrigin origin = new RequestOrigin("requests", NOW_MS, "replies", new byte[] {0, -1});
        waiting.put("with-reply", new WaitingRequest("", origin, new byte[0], Long.MIN_VALUE, 0, Long.MAX_VALUE));
        Map<String, byte[]> written = new LinkedHashMap<>();
        for (var example : waiting.entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(example.getValue(), out);
            written.put(example.getKey(), out.getCopyOfBuffer());
        }
        Golden.verifyBytes("waiting-request-v1.hex", written);
        for (var committed : Golden.readBytes("waiting-request-v1.hex").entrySet()) {
            assertThat(serializer.deserialize(new DataInputDeserializer(committed.getValue())))
                    .usingRecursiveComparison()
                    .isEqualTo(waiting.get(committed.getKey()));
        }
    }

    @Test
    void catalogOfVersion1IsReadAndWrittenAsItWas() {
        Golden.verifyBytes("catalog-v1.hex", Map.of("catalog", ControlCodec.writeCatalog(Examples.catalog())));

        byte[] committed = Golden.readBytes("catalog-v1.hex").get("catalog");
        assertThat(ControlCodec.readCatalog(committed)).isEqualTo(Examples.catalog());
    }
}
