package io.millrace.benchmarks.engine;

import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.ShardSettings;
import io.millrace.index.store.ShardStorage;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.UnknownFields;
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
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Shards with one collection of vectors, driven in one thread as the operator drives them: mutations in, fragments in,
 * background work when it is due. No Kafka, no planner, no network.
 */
public final class LocalShards implements ShardOutputs, AutoCloseable {
    public static final int MAX_PARALLELISM = 128;

    private static final String COLLECTION = "vectors";
    private static final String FIELD = "v";

    /** A field to filter by. */
    private static final String PART = "part";

    private static final long ENDLESS = Long.MAX_VALUE / 8;
    private static final long DEADLINE_MS = 600_000;

    private final int shardCount;
    private final Metric metric;
    private final IntFunction<ShardStorage> storages;
    private Catalog catalog;
    private final long collectionId;
    private final long indexId;
    private ShardSet shards;
    private long offset;
    private long requests;
    private @Nullable Partial answer;

    public LocalShards(int shardCount, EngineSpec spec, FreshnessMode mode, IntFunction<ShardStorage> storages) {
        this(shardCount, spec.metric(), spec.definition(COLLECTION, FIELD, mode), storages);
    }

    /** Returns shards whose index keeps the part of each row. */
    public static LocalShards withParts(int shardCount, EngineSpec spec, IntFunction<ShardStorage> storages) {
        VectorIndexDefinition index = spec.definition(COLLECTION, FIELD, FreshnessMode.IMMEDIATE, List.of(PART));
        return new LocalShards(shardCount, spec.metric(), index, storages);
    }

    private LocalShards(
            int shardCount, Metric metric, VectorIndexDefinition index, IntFunction<ShardStorage> storages) {
        this.shardCount = shardCount;
        this.storages = storages;
        this.metric = metric;
        List<Field> fields = List.of(
                new Field("id", ValueType.INT),
                new Field(PART, ValueType.INT),
                new Field(FIELD, ValueType.VECTOR, index.dimension()));
        CollectionSchema schema =
                new CollectionSchema(0, COLLECTION, fields, List.of("id"), null, null, UnknownFields.ERROR);
        catalog = changed(
                changed(Catalog.EMPTY, new CatalogChange.CreateCollection(schema, false)),
                new CatalogChange.CreateVectorIndex(index, false));
        collectionId = catalog.collection(COLLECTION).orElseThrow().id();
        indexId = catalog.vectorIndex(EngineSpec.INDEX).orElseThrow().id();
        shards = open();
    }

    private static Catalog changed(Catalog catalog, CatalogChange change) {
        long offset = catalog.version() + 1;
        return catalog.apply(offset, new ControlRecord("ddl-" + offset, change));
    }

    /** Builds the index anew and waits until it serves. */
    public void rebuild() {
        catalog = changed(catalog, new CatalogChange.BuildVectorIndex(EngineSpec.INDEX));
        shards.catalogChanged(catalog);
        settle();
    }

    private ShardSet open() {
        List<Integer> own = IntStream.range(0, shardCount).boxed().toList();
        ShardSettings settings =
                new ShardSettings(shardCount, MAX_PARALLELISM, own, List.of("events"), ENDLESS, Long.MAX_VALUE, 0);
        ShardSet opened = new ShardSet(settings, storages, this, System::currentTimeMillis);
        opened.catalogChanged(catalog);
        return opened;
    }

    /** Forgets what is in memory and opens the shards from their state; {@link #flush} comes first. */
    public void reopen() {
        shards.close();
        shards = open();
    }

    public RoutedMutation upsert(int id, float[] vector) {
        return routed(id, ChangeKind.UPSERT, EncodedFields.of(Map.of(FIELD, doubles(vector))));
    }

    public RoutedMutation upsert(int id, float[] vector, long part) {
        return routed(id, ChangeKind.UPSERT, EncodedFields.of(Map.of(FIELD, doubles(vector), PART, part)));
    }

    private static double[] doubles(float[] vector) {
        double[] components = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            components[i] = vector[i];
        }
        return components;
    }

    public RoutedMutation delete(int id) {
        return routed(id, ChangeKind.DELETE, EncodedFields.NONE);
    }

    private RoutedMutation routed(int id, ChangeKind kind, EncodedFields fields) {
        String key = Integer.toString(id);
        return new RoutedMutation(
                ShardRouting.shardOf(key, shardCount),
                new SourcePosition(0, 0, offset++, System.currentTimeMillis()),
                false,
                new DocumentChange(kind, COLLECTION, key, null, false, fields),
                new byte[0],
                new byte[0]);
    }

    /** Applies a mutation, and does what is due at once because of it. */
    public void apply(RoutedMutation mutation) {
        shards.apply(mutation);
        if (shards.nextDeadlineMs() <= System.currentTimeMillis()) {
            shards.runBackground(0);
        }
    }

    /** Does a little background work if any is due, and returns whether more is. */
    public boolean runBackground(long budgetNanos) {
        return shards.nextDeadlineMs() <= System.currentTimeMillis() && shards.runBackground(budgetNanos);
    }

    /** Does all background work that is due. */
    public void settle() {
        while (shards.nextDeadlineMs() != Long.MAX_VALUE) {
            shards.runBackground(ENDLESS);
        }
    }

    public void flush() {
        shards.flush();
    }

    public Fragment search(float[] query, SearchSetting setting) {
        return search(query, setting, Predicate.ALWAYS);
    }

    /** Returns a search among the rows of the parts below {@code end}. */
    public Fragment searchBelow(long end, float[] query, SearchSetting setting) {
        return search(query, setting, new Predicate.Compare(PART, Comparison.LT, end));
    }

    private Fragment search(float[] query, SearchSetting setting, Predicate filter) {
        FragmentOperation operation = new FragmentOperation.SearchVectors(
                new DocumentSelection(collectionId, null, null, filter),
                FIELD,
                indexId,
                metric,
                query,
                setting.k(),
                List.of(),
                false,
                setting.ef(),
                setting.alpha());
        return new Fragment(
                "r-" + requests++,
                1,
                0,
                0,
                catalog.version(),
                System.currentTimeMillis() + DEADLINE_MS,
                OffsetToken.NONE,
                operation);
    }

    /** Runs a fragment to its end. */
    public void ask(Fragment fragment) {
        answer = null;
        shards.submit(fragment);
        while (shards.hasRunning()) {
            shards.runSlice(ENDLESS);
        }
    }

    /** Writes the ids of the last answer and returns how many they are. */
    public int found(int[] ids) {
        Partial last = answer;
        if (last == null || !(last.result() instanceof PartialResult.Rows rows)) {
            throw new IllegalStateException("a search failed: " + last);
        }
        int count = 0;
        for (Object[] row : rows.rows()) {
            ids[count++] = ((Long) row[0]).intValue();
        }
        return count;
    }

    /** Returns how the last answer was found: ANN or EXACT. */
    public String path() {
        Partial last = answer;
        return last != null && last.result() instanceof PartialResult.Rows rows
                ? String.valueOf(rows.stats().path())
                : "";
    }

    /** Returns what the indexes say of their memory. */
    public long memoryBytes() {
        return shards.indexStatus().stream()
                .mapToLong(status -> status.memoryBytes())
                .sum();
    }

    @Override
    public void partial(Partial partial) {
        answer = partial;
    }

    @Override
    public void deadLetter(DeadLetter letter) {
        throw new IllegalStateException("a mutation was refused: " + letter.problems());
    }

    @Override
    public void event(EdgeChange change) {
        throw new IllegalStateException("there are no edges: " + change);
    }

    @Override
    public void close() {
        shards.close();
    }
}
