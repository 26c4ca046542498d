package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Golden;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.RandomValues;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardInputCodecTest {
    private static final SourcePosition POSITION = new SourcePosition(1, 300, 1L << 40, 1_700_000_000_000L);

    @Test
    void committedBytesOfEveryMutationStillReadAndAreStillWritten() {
        Map<String, byte[]> written = new LinkedHashMap<>();
        mutations().forEach((name, mutation) -> {
            ValueWriter out = new ValueWriter();
            ShardInputCodec.writeMutation(mutation, out);
            written.put(name, out.toBytes());
        });

        Golden.verifyBytes("mutations-v1.hex", written);
        Golden.readBytes("mutations-v1.hex")
                .forEach((name, bytes) -> assertThat(ShardInputCodec.readMutation(new ValueReader(bytes)))
                        .as(name)
                        .isEqualTo(mutations().get(name)));
    }

    @Test
    void committedBytesOfEveryInputStillReadAndAreStillWritten() {
        Map<String, byte[]> written = new LinkedHashMap<>();
        inputs().forEach((name, input) -> written.put(name, bytes(input)));

        Golden.verifyBytes("shard-input-v1.hex", written);
        Golden.readBytes("shard-input-v1.hex")
                .forEach((name, bytes) -> assertSame(read(bytes), Objects.requireNonNull(inputs().get(name))));
    }

    private static Map<String, Mutation> mutations() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("title", "\u00fcber");
        fields.put("year", 1998L);
        fields.put("score", 0.5);
        fields.put("v", new double[] {0.1, 0.2});
        fields.put("tags", new JsonText("[\"a\",{\"b\":1}]"));
        fields.put("gone", null);
        EncodedFields encoded = EncodedFields.of(fields);
        Map<String, Mutation> mutations = new LinkedHashMap<>();
        mutations.put("upsert", new DocumentChange(ChangeKind.UPSERT, "papers", "p1", "Published", false, encoded));
        mutations.put("patch", new DocumentChange(ChangeKind.PATCH, "papers", "a\\|b|7", null, false, encoded));
        mutations.put("delete", new DocumentChange(ChangeKind.DELETE, "papers", "p1", null, true, EncodedFields.NONE));
        mutations.put("upsert-edge", new EdgeChange(ChangeKind.UPSERT, "CITES", "p1", "p2", "e7", encoded));
        mutations.put("delete-edge", new EdgeChange(ChangeKind.DELETE, "CITES", "p1", "p2", null, EncodedFields.NONE));
        return mutations;
    }

    private static Map<String, ShardInput> inputs() {
        Map<String, ShardInput> inputs = new LinkedHashMap<>();
        inputs.put("marker", new ProgressMarker(200, POSITION));
        mutations()
                .forEach((name, mutation) -> inputs.put(
                        name,
                        new RoutedMutation(
                                3, POSITION, name.equals("delete-edge"), mutation, new byte[] {'k'}, new byte[0])));
        inputs.put(
                "batch",
                new MutationBatch(
                        200,
                        mutations().values().stream()
                                .map(mutation -> new RoutedMutation(
                                        200,
                                        POSITION,
                                        mutation instanceof EdgeChange,
                                        mutation,
                                        new byte[] {'k'},
                                        new byte[] {'v'}))
                                .toList()));
        return inputs;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyMutationComesBackAsItWasWritten(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int i = 0; i < 300; i++) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (int left = i % 5; left > 0; left--) {
                fields.put(random.nextText(), random.next());
            }
            EncodedFields encoded = EncodedFields.of(fields);
            ChangeKind kind = ChangeKind.values()[i % 3];
            Mutation mutation = i % 2 == 0 || kind == ChangeKind.PATCH
                    ? new DocumentChange(kind, random.nextText(), random.nextText(), null, i % 7 == 0, encoded)
                    : new EdgeChange(
                            kind, random.nextText(), random.nextText(), random.nextText(), random.nextText(), encoded);
            RoutedMutation routed = new RoutedMutation(i, POSITION, i % 3 == 0, mutation, new byte[i], new byte[] {1});

            assertSame(read(bytes(routed)), routed);
            assertThat(encoded.count()).isEqualTo(fields.size());
            assertThat(encoded.toMap().keySet()).containsExactlyElementsOf(fields.keySet());
        }
    }

    @Test
    void bytesOfAnUnknownVersionOrKindAreRefused() {
        assertThatThrownBy(() -> read(new byte[] {2, 0, 0}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> read(new byte[] {1, 4, 0})).hasMessageContaining("kind 4");
        assertThatThrownBy(() -> ShardInputCodec.readMutation(new ValueReader(new byte[] {9})))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void edgeCannotBePatched() {
        assertThatThrownBy(() -> new EdgeChange(ChangeKind.PATCH, "T", "a", "b", null, EncodedFields.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Arrays have no equals: the bytes of both stand for them. */
    private static void assertSame(ShardInput actual, ShardInput expected) {
        assertThat(bytes(actual)).isEqualTo(bytes(expected));
        if (actual instanceof RoutedMutation routed && expected instanceof RoutedMutation same) {
            assertThat(routed.mutation()).isEqualTo(same.mutation());
            assertThat(routed.position()).isEqualTo(same.position());
            assertThat(routed.rawKey()).isEqualTo(same.rawKey());
            assertThat(routed.rawValue()).isEqualTo(same.rawValue());
            assertThat(routed.reverse()).isEqualTo(same.reverse());
            assertThat(routed.shard()).isEqualTo(same.shard());
        } else if (actual instanceof MutationBatch batch && expected instanceof MutationBatch same) {
            assertThat(batch.mutations()).hasSameSizeAs(same.mutations());
            for (int i = 0; i < same.mutations().size(); i++) {
                assertSame(batch.mutations().get(i), same.mutations().get(i));
            }
        } else {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static byte[] bytes(ShardInput input) {
        ValueWriter out = new ValueWriter(1);
        ShardInputCodec.write(input, out);
        return out.toBytes();
    }

    private static ShardInput read(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        ShardInput input = ShardInputCodec.read(in);
        assertThat(in.hasRemaining()).isFalse();
        return input;
    }
}
