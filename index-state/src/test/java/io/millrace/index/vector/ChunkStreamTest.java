package io.millrace.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.HeapKeyValueStore;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkStreamTest {
    private final HeapKeyValueStore store = new HeapKeyValueStore();

    private void write(byte[] bytes) {
        try (ChunkOutput out = new ChunkOutput(store, Bytes.NONE)) {
            out.write(bytes, 0, bytes.length / 2);
            for (int i = bytes.length / 2; i < bytes.length; i++) {
                out.write(bytes[i]);
            }
        }
    }

    private byte[] read() throws IOException {
        try (ChunkInput in = new ChunkInput(store, Bytes.NONE)) {
            return in.readAllBytes();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, ChunkOutput.CHUNK_BYTES, ChunkOutput.CHUNK_BYTES + 1, 3_500_000})
    void whatIsReadIsWhatWasWritten(int length) throws IOException {
        write(random(length));

        assertThat(read()).isEqualTo(random(length));
    }

    @Test
    void aShorterStreamLeavesNoChunkOfTheLongerBehind() throws IOException {
        write(random(3_500_000));
        assertThat(store.size()).isEqualTo(4);
        write(random(10));

        assertThat(store.size()).isEqualTo(1);
        assertThat(read()).isEqualTo(random(10));
    }
}
