package io.millrace.index.shard;

import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.catalog.EventType;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.ShardInput;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.statistics.StatisticsMessage;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A set of shards with a catalog, a router and a clock of its own, all in one thread. */
public final class Fixture implements ShardOutputs {
    public static final String TOPIC = "millrace.events";
    public static final String PARTITION = TOPIC + "-0";
    private static final long ENDLESS = Long.MAX_VALUE / 8;

    /** More than statistics rest between two steps, and less than between two passes. */
    private static final long REST_MS_MAX = 100;

    /** What every step takes by the stopwatch of the shards. */
    private static final long STEP_NANOS = 500_000;

    public final List<Partial> partials = new ArrayList<>();
    public final List<DeadLetter> deadLetters = new ArrayList<>();
    public final List<EdgeChange> events = new ArrayList<>();
    public final Map<Integer, HeapShardStorage> storages = new TreeMap<>();
    public final int shardCount;
    public long nowMs = 1_000_000;
    public long offset;
    public Catalog catalog = Catalog.EMPTY;
    public ShardSet shards;

    /** Everything that was sent to shards, in order. */
    public final List<ShardInput> inputs = new ArrayList<>();

    private TextEmbedder embedder = TextEmbedder.NONE;
    private long vectorMemoryMax = Long.MAX_VALUE;
    private int clusters = 16;
    private long statisticsIntervalMs;
    private long stopwatchNanos;
    private long controlOffset;
    private int requests;

    public Fixture(int shardCount) {
        this.shardCount = shardCount;
        shards = open(number -> storages.computeIfAbsent(number, ignored -> new HeapShardStorage()), ENDLESS);
    }

    public Fixture(int shardCount, IntFunction<ShardStorage> storage) {
        this.shardCount = shardCount;
        shards = open(storage, ENDLESS);
    }

    /** Opens the shards again with a bound for the memory of their vector indexes. */
    public void limitVectorMemory(long bytes) {
        vectorMemoryMax = bytes;
        restart();
    }

    /** Opens the shards again with an embedder. */
    public void embedWith(TextEmbedder newEmbedder) {
        embedder = newEmbedder;
        restart();
    }

    /** Opens the shards again with another number of clusters; 0 for none. */
    public void keepClusters(int count) {
        clusters = count;
        restart();
    }

    /** Opens the shards again so that they look at their rows for statistics, at most so often. */
    public void keepStatistics(long intervalMs) {
        statisticsIntervalMs = intervalMs;
        restart();
    }

    private ShardSet open(IntFunction<ShardStorage> storage, long firstSliceNanos) {
        List<Integer> own = IntStream.range(0, shardCount).boxed().toList();
        ShardSettings settings = new ShardSettings(
                shardCount, 128, own, List.of(TOPIC), firstSliceNanos, vectorMemoryMax, clusters, statisticsIntervalMs);
        return new ShardSet(settings, storage, this, embedder, () -> nowMs, () -> stopwatchNanos += STEP_NANOS);
    }

    /** Opens some shards over what is in storage now, for reading beside the others. */
    public ShardSet view(List<Integer> own, ShardOutputs outputs) {
        ShardSettings settings =
                new ShardSettings(shardCount, 128, own, List.of(TOPIC), ENDLESS, Long.MAX_VALUE, clusters);
        ShardSet view = new ShardSet(
                settings,
                number -> java.util.Objects.requireNonNull(storages.get(number)).copy(),
                outputs,
                () -> nowMs);
        view.catalogChanged(catalog);
        return view;
    }

    /** Lets the first slice of a fragment end after one step; what was not flushed is lost. */
    public Fixture sliced() {
        shards = open(storages::get, 0);
        shards.catalogChanged(catalog);
        return this;
    }

    /** What shards have told of their data and work, in order. */
    public final List<StatisticsMessage> statistics = new ArrayList<>();

    @Override
    public void statistics(StatisticsMessage message) {
        statistics.add(message);
    }

    @Override
    public void partial(Partial partial) {
        partials.add(partial);
    }

    @Override
    public void deadLetter(DeadLetter letter) {
        deadLetters.add(letter);
    }

    @Override
    public void event(EdgeChange change) {
        events.add(change);
    }

    /** Flushes, forgets everything but the storage, and opens it again. */
    public void restart() {
        shards.flush();
        crash();
    }

    /** Forgets everything but what is in storage. */
    public void crash() {
        shards = open(storages::get, ENDLESS);
        shards.catalogChanged(catalog);
    }

    public void control(CatalogChange change) {
        long at = controlOffset++;
        catalog = catalog.apply(at, new ControlRecord("ddl-" + at, change));
        shards.catalogChanged(catalog);
    }

    public static CollectionSchema schema(String name, @Nullable String timeField, Field... fields) {
        return new CollectionSchema(
                0, name, Arrays.asList(fields), List.of(fields[0].name()), timeField, null, UnknownFields.ERROR);
    }

    public long collection(CollectionSchema schema) {
        control(new CatalogChange.CreateCollection(schema, false));
        return catalog.collection(schema.name()).orElseThrow().id();
    }

    /** A collection of people: a STRING key, a name, an age and what else is said of them. */
    public long people() {
        return collection(schema(
                "people",
                null,
                new Field("id", ValueType.STRING),
                new Field("name", ValueType.STRING),
                new Field("age", ValueType.INT)));
    }

    public long eventType(String name, String collection, EventTypePolicy policy, String... fields) {
        control(new CatalogChange.CreateEventType(
                new EventType(0, name, collection, Arrays.asList(fields), policy), false));
        return catalog.eventType(name).orElseThrow().id();
    }

    public long edgeType(String name, String from, String to, Freshness freshness, Field... fields) {
        control(new CatalogChange.CreateEdgeType(
                new EdgeType(0, name, from, to, Arrays.asList(fields), null, null, freshness), false));
        return catalog.edgeType(name).orElseThrow().id();
    }

    public long vectorIndex(
            String name, String collection, String field, int dimension, Metric metric, VectorEngine engine) {
        return vectorIndex(
                name, collection, field, dimension, metric, engine, VectorIndexDefinition.DimensionPolicy.ERROR);
    }

    public long vectorIndex(
            String name,
            String collection,
            String field,
            int dimension,
            Metric metric,
            VectorEngine engine,
            VectorIndexDefinition.DimensionPolicy policy) {
        control(new CatalogChange.CreateVectorIndex(
                new VectorIndexDefinition(
                        0,
                        name,
                        collection,
                        field,
                        dimension,
                        metric,
                        engine,
                        Freshness.of(io.millrace.protocol.catalog.FreshnessMode.IMMEDIATE),
                        16,
                        100,
                        100,
                        VectorIndexDefinition.Quantization.NONE,
                        VectorIndexDefinition.Rescore.MEMORY,
                        List.of(),
                        policy,
                        4,
                        null),
                false));
        return catalog.vectorIndex(name).orElseThrow().id();
    }

    public void upsert(String collection, String key, Map<String, ? extends @Nullable Object> fields) {
        send(new DocumentChange(ChangeKind.UPSERT, collection, key, null, false, EncodedFields.of(fields)));
    }

    public void patch(String collection, String key, Map<String, ? extends @Nullable Object> fields) {
        send(new DocumentChange(ChangeKind.PATCH, collection, key, null, false, EncodedFields.of(fields)));
    }

    public void delete(String collection, String key, boolean withEdges) {
        send(new DocumentChange(ChangeKind.DELETE, collection, key, null, withEdges, EncodedFields.NONE));
    }

    public void edge(
            String type, String from, String to, @Nullable String id, Map<String, ? extends @Nullable Object> fields) {
        send(new EdgeChange(ChangeKind.UPSERT, type, from, to, id, EncodedFields.of(fields)));
    }

    public void deleteEdge(String type, String from, String to, @Nullable String id) {
        send(new EdgeChange(ChangeKind.DELETE, type, from, to, id, EncodedFields.NONE));
    }

    /** Routes the mutation as the next record of the one partition. */
    public void send(Mutation mutation) {
        sendAt(mutation, offset++, nowMs);
    }

    public void sendAt(Mutation mutation, long at, long timestampMs) {
        SourcePosition position = new SourcePosition(0, 0, at, timestampMs);
        byte[] raw = {1};
        if (mutation instanceof EdgeChange edge) {
            int from = ShardRouting.shardOf(edge.from(), shardCount);
            int to = ShardRouting.shardOf(edge.to(), shardCount);
            apply(new RoutedMutation(from, position, false, mutation, new byte[0], raw));
            apply(new RoutedMutation(to, position, true, mutation, new byte[0], new byte[0]));
        } else {
            int shard = ShardRouting.shardOf(((DocumentChange) mutation).key(), shardCount);
            apply(new RoutedMutation(shard, position, false, mutation, new byte[0], raw));
        }
    }

    private void apply(ShardInput input) {
        inputs.add(input);
        shards.apply(input);
    }

    /** Sends the far ends' events of deleted vertices back in, as the events topic would. */
    public void feedBack() {
        List<EdgeChange> again = List.copyOf(events);
        events.clear();
        again.forEach(this::send);
    }

    public void markers() {
        for (int shard = 0; shard < shardCount; shard++) {
            apply(new ProgressMarker(shard, new SourcePosition(0, 0, offset, nowMs)));
        }
    }

    public Fragment fragment(FragmentOperation operation, OffsetToken token) {
        return new Fragment("r-" + requests++, 1, 0, 0, catalog.version(), nowMs + 60_000, token, operation);
    }

    /** Runs the operation to its end and returns the one answer. */
    public Partial ask(FragmentOperation operation) {
        return ask(operation, OffsetToken.NONE);
    }

    public Partial ask(FragmentOperation operation, OffsetToken token) {
        int before = partials.size();
        shards.submit(fragment(operation, token));
        finish();
        return whole(partials.subList(before, partials.size()));
    }

    /** Returns the one answer, with the rows of the parts before it. */
    public static Partial whole(List<Partial> partials) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < partials.size() - 1; i++) {
            if (!(partials.get(i).result() instanceof PartialResult.Part part) || part.number() != i) {
                throw new AssertionError("one answer was due, these came: " + partials);
            }
            rows.addAll(part.rows());
        }
        Partial last = partials.get(partials.size() - 1);
        if (rows.isEmpty()) {
            return last;
        }
        PartialResult.Rows rest = rowsOf(last);
        rows.addAll(rest.rows());
        return new Partial(
                last.requestId(),
                last.attempt(),
                last.step(),
                last.round(),
                last.shards(),
                last.certificates(),
                new PartialResult.Rows(rows, rest.truncated(), rest.stats()));
    }

    public void finish() {
        while (shards.hasRunning()) {
            shards.runSlice(ENDLESS);
        }
    }

    /** Lets statistics be made, whose steps have rests between them. */
    void backgroundWithRests() {
        background();
        while (shards.nextDeadlineMs() <= nowMs + REST_MS_MAX) {
            nowMs += REST_MS_MAX;
            background();
        }
    }

    public void background() {
        while (shards.runBackground(ENDLESS)) {
            continue;
        }
    }

    public static PartialResult.Rows rowsOf(Partial partial) {
        if (partial.result() instanceof PartialResult.Rows rows) {
            return rows;
        }
        throw new AssertionError("no rows but " + partial.result());
    }

    /** Returns the rows as lists, which compare by value. */
    public List<List<@Nullable Object>> rows(FragmentOperation operation) {
        return asLists(rowsOf(ask(operation)));
    }

    public static List<List<@Nullable Object>> asLists(PartialResult.Rows rows) {
        return rows.rows().stream()
                .<List<@Nullable Object>>map(row -> Arrays.asList(row))
                .toList();
    }

    public static DocumentSelection all(long collectionId) {
        return new DocumentSelection(collectionId, null, null, Predicate.ALWAYS);
    }

    public static FragmentOperation scan(long collectionId, String... columns) {
        return new FragmentOperation.ScanDocuments(all(collectionId), Arrays.asList(columns), List.of(), 100_000);
    }

    public static FragmentOperation search(
            long collectionId, String field, @Nullable Long indexId, Metric metric, float[] query, int k) {
        return new FragmentOperation.SearchVectors(
                all(collectionId), field, indexId, metric, query, k, List.of(), false, 100, 4);
    }

    /** Asks for the neighbours of one vertex along one edge type. */
    public List<String> neighbours(long edgeTypeId, boolean outgoing, String vertex) {
        return neighbours(edgeTypeId, outgoing, vertex, OffsetToken.NONE);
    }

    public List<String> neighbours(long edgeTypeId, boolean outgoing, String vertex, OffsetToken token) {
        FragmentOperation expand = new FragmentOperation.ExpandVertices(
                List.of(new FragmentOperation.Vertex(0, vertex)),
                List.of(new FragmentOperation.EdgeLookup(0, edgeTypeId, outgoing)),
                Predicate.ALWAYS,
                null,
                1_000_000);
        return rowsOf(ask(expand, token)).rows().stream()
                .map(row -> (String) row[2])
                .toList();
    }
}
