package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BytesSerializerTest {
    private static final List<byte[]> VALUES = List.of(new byte[0], new byte[] {1, -1}, new byte[200]);

    private static byte[] written() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, BytesSerializer.INSTANCE.snapshotConfiguration());
        for (byte[] value : VALUES) {
            BytesSerializer.INSTANCE.serialize(value, out);
        }
        return out.getCopyOfBuffer();
    }

    private static byte[] committed() throws IOException {
        try (InputStream in = BytesSerializerTest.class.getResourceAsStream("bytes-serializer-1.hex")) {
            return HexFormat.of().parseHex(new String(Objects.requireNonNull(in).readAllBytes(), "UTF-8").strip());
        }
    }

    @Test
    void bytesOfVersion1AreReadAndWrittenAsTheyWere() throws IOException {
        assertThat(HexFormat.of().formatHex(written())).isEqualTo(HexFormat.of().formatHex(committed()));

        DataInputDeserializer in = new DataInputDeserializer(committed());
        TypeSerializerSnapshot<byte[]> snapshot =
                TypeSerializerSnapshot.readVersionedSnapshot(in, getClass().getClassLoader());
        assertThat(new BytesSerializerSnapshot()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
        for (byte[] value : VALUES) {
            assertThat(snapshot.restoreSerializer().deserialize(in)).isEqualTo(value);
        }
        assertThat(in.available()).isZero();
    }

    @Test
    void copiesAreWholeAndOfTheirOwn() throws IOException {
        byte[] original = {1, 2, 3};
        byte[] copy = BytesSerializer.INSTANCE.copy(original);
        original[0] = 9;
        assertThat(copy).containsExactly(1, 2, 3);

        DataOutputSerializer out = new DataOutputSerializer(8);
        DataOutputSerializer again = new DataOutputSerializer(8);
        BytesSerializer.INSTANCE.serialize(copy, out);
        BytesSerializer.INSTANCE.copy(new DataInputDeserializer(out.getCopyOfBuffer()), again);
        assertThat(again.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
    }
}
