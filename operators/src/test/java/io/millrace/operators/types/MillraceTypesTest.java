package io.millrace.operators.types;

import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.SCAN_AND_TRAVERSE;
import static io.millrace.operators.support.Examples.planned;
import static io.millrace.operators.support.Examples.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.support.Examples;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MillraceTypesTest {
    private static final Map<String, byte[]> HEADERS = Map.of("h", new byte[] {0, -1});
    private static final Fragment FRAGMENT = new Fragment(
            "r-1",
            2,
            1,
            3,
            7,
            NOW_MS,
            new OffsetToken(Map.of("e-0", 4L)),
            new FragmentOperation.FetchDocuments(1, List.of("a"), List.of("b")));
    private static final ControlApplied APPLIED = new ControlApplied(
            "r-1",
            true,
            List.of(3),
            new ControlOutcome(4, false, Problem.of(ErrorCode.CONFLICT_NAME, "\"a\" exists already")));

    static Stream<Arguments> examples() {
        PlannedRequest request = planned("r-1", "'plan': " + SCAN_AND_TRAVERSE);
        SourcePosition position = new SourcePosition(1, 2, 3, NOW_MS);
        return Stream.of(
                of(MillraceTypes.SOURCE_RECORD, new SourceRecord("t", 1, 2, 3, utf8("k"), utf8("v"), HEADERS)),
                of(MillraceTypes.SOURCE_RECORD, new SourceRecord("t", 1, 2, 3, null, null, Map.of())),
                of(MillraceTypes.SOURCE_RECORD, new SourceRecord("", 0, 0, 0, new byte[0], new byte[0], Map.of())),
                of(MillraceTypes.OUTGOING_RECORD, new OutgoingRecord("t", utf8("k"), utf8("v"), HEADERS)),
                of(MillraceTypes.OUTGOING_RECORD, new OutgoingRecord("t", null, null, Map.of())),
                of(
                        MillraceTypes.SHARD_INPUT,
                        new RoutedMutation(
                                2,
                                position,
                                true,
                                new DocumentChange(
                                        ChangeKind.PATCH, "c", "k", "e", false, EncodedFields.of(Map.of("a", 1L))),
                                utf8("k"),
                                utf8("v"))),
                of(MillraceTypes.SHARD_INPUT, new ProgressMarker(3, position)),
                of(MillraceTypes.SHARD_OUTPUT, Examples.rows(FRAGMENT, 2, new Object[] {"a", 1L, null})),
                of(MillraceTypes.SHARD_OUTPUT, APPLIED),
                of(MillraceTypes.LOOP_MESSAGE, new LoopMessage.Ask(FRAGMENT)),
                of(MillraceTypes.LOOP_MESSAGE, new LoopMessage.Control(9, utf8("{}"))),
                of(
                        MillraceTypes.INCOMING_REQUEST,
                        new IncomingRequest(
                                "q:a\nb",
                                "d",
                                new RequestOrigin("t", 5, "r", new byte[] {1}),
                                utf8("{}"),
                                List.of(Problem.of(ErrorCode.INVALID_REPLY_TOPIC, "no")))),
                of(
                        MillraceTypes.INCOMING_REQUEST,
                        new IncomingRequest("", "", Examples.ORIGIN, new byte[0], List.of())),
                of(MillraceTypes.COORDINATOR_INPUT, new CoordinatorInput.Planned(request)),
                of(MillraceTypes.COORDINATOR_INPUT, new CoordinatorInput.Acknowledged(APPLIED)),
                of(MillraceTypes.PENDING_REQUEST, new PendingRequest(3, request)),
                of(MillraceTypes.WAITING_REQUEST, new WaitingRequest("k", request.origin(), utf8("{}"), 1, 2, 3)));
    }

    private static <T> Arguments of(TypeInformation<? super T> type, T example) {
        return Arguments.of(type, example);
    }

    private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    @ParameterizedTest
    @MethodSource("examples")
    <T> void everyValueComesBackAsItWas(TypeInformation<T> type, T example) throws IOException {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        DataInputDeserializer in = new DataInputDeserializer(bytes(serializer, example));

        T read = serializer.deserialize(in);

        assertThat(read).usingRecursiveComparison().isEqualTo(example);
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("examples")
    <T> void copyOfTheBytesIsThatValueAndNoMore(TypeInformation<T> type, T example) throws IOException {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        byte[] one = bytes(serializer, example);
        DataOutputSerializer two = new DataOutputSerializer(64);
        two.write(one);
        two.write(one);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        DataInputDeserializer in = new DataInputDeserializer(two.getCopyOfBuffer());

        serializer.copy(in, copied);

        assertThat(copied.getCopyOfBuffer()).isEqualTo(one);
        assertThat(in.available()).isEqualTo(one.length);
    }

    @ParameterizedTest
    @MethodSource("examples")
    <T> void snapshotRestoresASerializerThatReadsTheBytes(TypeInformation<T> type, T example) throws IOException {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        serializer.serialize(example, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        TypeSerializerSnapshot<T> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                in, Thread.currentThread().getContextClassLoader());

        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
        assertThat(snapshot.restoreSerializer().deserialize(in))
                .usingRecursiveComparison()
                .isEqualTo(example);
    }

    /** A duplicate is used by another thread: it must not share the buffer. */
    @ParameterizedTest
    @MethodSource("examples")
    <T> void serializersTravelAndDuplicatesAreEqualAndOfTheirOwn(TypeInformation<T> type, T example)
            throws IOException, ClassNotFoundException {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        byte[] bytes = bytes(serializer, example);
        TypeSerializer<T> duplicate = serializer.duplicate();
        TypeSerializer<T> travelled = InstantiationUtil.deserializeObject(
                InstantiationUtil.serializeObject(serializer), getClass().getClassLoader());

        assertThat(duplicate).isEqualTo(serializer).isNotSameAs(serializer);
        assertThat(bytes(duplicate, example)).isEqualTo(bytes);
        assertThat(bytes(travelled, example)).isEqualTo(bytes);
    }

    @Test
    void typesOfTheSameClassAreEqualAndNoOthers() {
        assertThat(MillraceTypes.SHARD_INPUT)
                .isEqualTo(new CodecTypeInformation<>(ShardInput.class, new ShardInputSerializer()))
                .isNotEqualTo(MillraceTypes.SHARD_OUTPUT)
                .hasToString("Codec<ShardInput>");
    }
}
