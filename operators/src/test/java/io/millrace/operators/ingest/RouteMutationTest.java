package io.millrace.operators.ingest;

import static io.millrace.operators.support.Examples.EVENTS;
import static io.millrace.operators.support.Examples.NOW_MS;
import static io.millrace.operators.support.Examples.SHARDS;
import static io.millrace.operators.support.Examples.event;
import static io.millrace.operators.support.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.operators.support.Subtask;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.codec.DeadLetterCodec;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EventSource;
import io.millrace.protocol.mutation.MutationBatch;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RouteMutationTest {
    private static final long MARKER_MS = 10;
    private static final String ADA = "{'op': 'upsert', 'collection': 'people', 'id': 'ada', 'fields': {'name': 'A'}}";
    private static final String EDGE = "{'op': 'upsert_edge', 'type': 'knows', 'from': 'ada', 'to': 'bob'}";

    private Subtask<SourceRecord, Void, ShardInput> router;

    @BeforeEach
    void start() throws Exception {
        router = start(null);
    }

    private static Subtask<SourceRecord, Void, ShardInput> start(
            org.apache.flink.runtime.checkpoint.@org.jspecify.annotations.Nullable OperatorSubtaskState state)
            throws Exception {
        IngestSettings settings = new IngestSettings(
                List.of(EventSource.json("other"), EventSource.json(EVENTS)),
                SHARDS,
                1 << 20,
                MARKER_MS,
                "dead",
                1 << 20);
        return new Subtask<SourceRecord, Void, ShardInput>(new RouteMutation(settings), MillraceTypes.SHARD_INPUT, 1, 0)
                .start(state);
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    private static SourcePosition at(int partition, long offset) {
        return new SourcePosition(1, partition, offset, NOW_MS);
    }

    private static List<ProgressMarker> markers(int partition, long next) {
        return IntStream.range(0, SHARDS)
                .mapToObj(shard -> new ProgressMarker(shard, at(partition, next)))
                .toList();
    }

    @Test
    void documentGoesToTheShardOfItsKeyWithWhereItStood() throws Exception {
        router.first(event(3, 7, ADA));

        assertThat(router.take()).singleElement().satisfies(input -> {
            RoutedMutation mutation = (RoutedMutation) input;
            assertThat(mutation.shard()).isEqualTo(ShardRouting.shardOf("ada", SHARDS));
            assertThat(mutation.position()).isEqualTo(at(3, 7));
            assertThat(mutation.reverse()).isFalse();
            assertThat(text(mutation.rawKey())).isEqualTo("k7");
            assertThat(text(mutation.rawValue())).contains("\"ada\"");
        });
    }

    @Test
    void edgeGoesToTheShardsOfBothEnds() throws Exception {
        router.first(event(0, 0, EDGE));

        List<ShardInput> inputs = router.take();
        assertThat(inputs)
                .extracting(ShardInput::shard)
                .containsExactly(ShardRouting.shardOf("ada", SHARDS), ShardRouting.shardOf("bob", SHARDS));
        assertThat(inputs)
                .extracting(input -> ((RoutedMutation) input).reverse())
                .containsExactly(false, true);
        assertThat(inputs)
                .allSatisfy(input -> assertThat(((EdgeChange) ((RoutedMutation) input).mutation()).to())
                        .isEqualTo("bob"));
        assertThat(((RoutedMutation) inputs.get(1)).rawValue())
                .as("one dead letter is enough")
                .isEmpty();
    }

    @Test
    void markersFollowTheMutationsOfTheIntervalAndNotBefore() throws Exception {
        router.first(event(0, 4, ADA));
        router.first(event(0, 5, EDGE));
        router.setProcessingTime(NOW_MS + MARKER_MS - 1);
        assertThat(router.take()).hasSize(3).allMatch(input -> input instanceof RoutedMutation);

        router.setProcessingTime(NOW_MS + MARKER_MS);

        assertThat(router.take()).containsExactlyElementsOf(markers(0, 6));
    }

    @Test
    void manyMutationsOfAnIntervalTravelTogetherInOrderAndBeforeTheMarkers() throws Exception {
        int count = 500;
        for (int offset = 0; offset < count; offset++) {
            router.first(event(0, offset, ADA));
        }
        router.prepareSnapshotPreBarrier(1);

        List<ShardInput> inputs = router.take();

        List<ShardInput> mutations = inputs.subList(0, inputs.size() - SHARDS);
        assertThat(mutations).hasSizeLessThan(count / 2).anyMatch(MutationBatch.class::isInstance);
        assertThat(mutations.stream()
                        .flatMap(input -> input instanceof MutationBatch batch
                                ? batch.mutations().stream()
                                : Stream.of((RoutedMutation) input))
                        .map(mutation -> mutation.position().offset()))
                .containsExactlyElementsOf(LongStream.range(0, count).boxed().toList());
        assertThat(inputs.subList(inputs.size() - SHARDS, inputs.size())).containsExactlyElementsOf(markers(0, count));
    }

    @Test
    void batchWaitsForNoLongerThanTheMarkers() throws Exception {
        for (int offset = 0; offset <= MutationBatches.BURST; offset++) {
            router.first(event(0, offset, ADA));
        }
        assertThat(router.take()).hasSize(MutationBatches.BURST);

        router.setProcessingTime(NOW_MS + MARKER_MS);

        assertThat(router.take()).hasSize(1 + SHARDS).first().isInstanceOf(RoutedMutation.class);
    }

    @Test
    void eachPartitionHasMarkersOfItsOwn() throws Exception {
        router.first(event(0, 4, ADA));
        router.first(event(1, 40, ADA));
        router.take();
        router.setProcessingTime(NOW_MS + MARKER_MS);
        router.take();
        router.first(event(1, 41, ADA));
        router.take();
        router.setProcessingTime(NOW_MS + 2 * MARKER_MS);

        assertThat(router.take()).containsExactlyElementsOf(markers(1, 42));
    }

    @Test
    void markersComeBeforeABarrierAndOnlyOnceForOneProgress() throws Exception {
        router.first(event(0, 4, ADA));
        router.take();

        router.prepareSnapshotPreBarrier(1);
        assertThat(router.take()).containsExactlyElementsOf(markers(0, 5));

        router.setProcessingTime(NOW_MS + MARKER_MS);
        router.prepareSnapshotPreBarrier(2);
        assertThat(router.take()).isEmpty();
    }

    @Test
    void badEventIsADeadLetterWithItsSourceAndMovesTheMarkers() throws Exception {
        router.first(event(2, 9, "{'op': 'upsert'"));

        assertThat(router.take()).isEmpty();
        assertThat(router.take(RouteMutation.DEAD_LETTERS)).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("dead");
            assertThat(letter.key()).isEqualTo("k9".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(text(letter.value())).isEqualTo("{\"op\": \"upsert\"");
            assertThat(header(letter, DeadLetterCodec.SOURCE_TOPIC)).isEqualTo(EVENTS);
            assertThat(header(letter, DeadLetterCodec.SOURCE_PARTITION)).isEqualTo("2");
            assertThat(header(letter, DeadLetterCodec.SOURCE_OFFSET)).isEqualTo("9");
            assertThat(header(letter, DeadLetterCodec.REASON)).isEqualTo("INVALID_JSON");
        });
        router.setProcessingTime(NOW_MS + MARKER_MS);
        assertThat(router.take()).containsExactlyElementsOf(markers(2, 10));
    }

    private static String header(OutgoingRecord letter, String name) {
        return text(letter.headers().get(name));
    }

    /** Nothing is kept: offsets are the source's, and what is sent again behind a restore is marked again. */
    @Test
    void routerSurvivesARestoreWithNothingInState() throws Exception {
        router.first(event(0, 4, ADA));
        var state = router.checkpoint(1);
        assertThat(state.getManagedOperatorState().isEmpty()
                        && state.getManagedKeyedState().isEmpty())
                .isTrue();
        try (var again = start(state)) {
            again.first(event(0, 4, ADA));
            again.prepareSnapshotPreBarrier(2);
            List<ShardInput> inputs = again.take();
            assertThat(inputs.subList(1, inputs.size())).containsExactlyElementsOf(markers(0, 5));
        }
    }

    @Test
    void recordOfATopicThatIsNotConfiguredFailsTheTask() {
        SourceRecord stranger = new SourceRecord("stranger", 0, 0, NOW_MS, null, null, Map.of());

        assertThatThrownBy(() -> router.first(stranger)).hasMessageContaining("\"stranger\"");
    }
}
