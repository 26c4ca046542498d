package io.millrace.benchmarks.scan;

import io.millrace.benchmarks.engine.LocalShards;
import io.millrace.benchmarks.engine.RocksState;
import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.shard.ShardSet;
import io.millrace.index.shard.ShardSettings;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.ControlRecord;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.TimeRange;
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
import org.jspecify.annotations.Nullable;

/**
 * One shard on RocksDB with the access log of a web server, about 300 bytes a row, so many rows an hour. Driven by one
 * thread as the operator drives it; no Kafka, no planner, no network.
 */
final class LogShard implements ShardOutputs, AutoCloseable {
    static final int ROWS_PER_HOUR = 10_000;

    private static final String COLLECTION = "logs";
    private static final long HOUR_MS = 3_600_000;
    private static final long ENDLESS = Long.MAX_VALUE / 8;
    private static final long DEADLINE_MS = 600_000;
    private static final List<Long> STATUS = List.of(200L, 200L, 200L, 200L, 200L, 200L, 304L, 301L, 404L, 500L);
    private static final String AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/120.0.0.0 Safari/537.36";

    private final RocksState state = new RocksState();
    private final ShardSet shard;
    private final Catalog catalog;
    private final long collectionId;
    private long requests;
    private @Nullable Partial answer;

    LogShard(int hours) {
        List<Field> fields = List.of(
                new Field("id", ValueType.INT),
                new Field("at", ValueType.TIMESTAMP),
                new Field("host", ValueType.STRING),
                new Field("method", ValueType.STRING),
                new Field("path", ValueType.STRING),
                new Field("status", ValueType.INT),
                new Field("bytes", ValueType.INT),
                new Field("agent", ValueType.STRING));
        CollectionSchema schema =
                new CollectionSchema(0, COLLECTION, fields, List.of("id"), "at", null, UnknownFields.ERROR);
        catalog = Catalog.EMPTY.apply(1, new ControlRecord("ddl", new CatalogChange.CreateCollection(schema, false)));
        collectionId = catalog.collection(COLLECTION).orElseThrow().id();
        ShardSettings settings =
                new ShardSettings(1, LocalShards.MAX_PARALLELISM, List.of(0), List.of("events"), ENDLESS, 0, 0);
        shard = new ShardSet(settings, state.storages(1)::storage, this, System::currentTimeMillis);
        shard.catalogChanged(catalog);
        for (int id = 0; id < hours * ROWS_PER_HOUR; id++) {
            shard.apply(row(id));
        }
        shard.flush();
    }

    private static RoutedMutation row(int id) {
        int mixed = (int) (id * 2_654_435_761L >>> 7 & 0xffffff);
        Map<String, Object> fields = Map.of(
                "at",
                id / ROWS_PER_HOUR * HOUR_MS + mixed % HOUR_MS,
                "host",
                "10." + mixed % 256 + "." + (mixed >> 8) % 256 + ".1",
                "method",
                mixed % 7 == 0 ? "POST" : "GET",
                "path",
                "/articles/2026/11/" + mixed % 5_000 + "/a-title-of-some-length.html",
                "status",
                STATUS.get(mixed % STATUS.size()),
                "bytes",
                (long) (mixed % 100_000),
                "agent",
                AGENT);
        return new RoutedMutation(
                0,
                new SourcePosition(0, 0, id, id),
                false,
                new DocumentChange(
                        ChangeKind.UPSERT, COLLECTION, Integer.toString(id), null, false, EncodedFields.of(fields)),
                new byte[0],
                new byte[0]);
    }

    /** Reads the rows of the first hours that one in a hundred passes the filter, and keeps the latest hundred. */
    FragmentOperation scan(int hours) {
        return new FragmentOperation.ScanDocuments(
                selection(
                        hours,
                        new Predicate.And(List.of(
                                new Predicate.Compare("status", Comparison.EQ, 500L),
                                new Predicate.Compare("bytes", Comparison.LT, 10_000L)))),
                List.of("host", "path", "bytes"),
                List.of(new io.millrace.protocol.fragment.SortKey("at", true)),
                100);
    }

    /** Counts the rows of the first hours by status and method, with the sum of their bytes. */
    FragmentOperation aggregate(int hours) {
        Grouping grouping = new Grouping(
                List.of(new Grouping.Key("status", null), new Grouping.Key("method", null)),
                List.of(
                        new Grouping.Metric(AggregateFunction.COUNT, null, false),
                        new Grouping.Metric(AggregateFunction.SUM, "bytes", true)));
        return new FragmentOperation.AggregateDocuments(
                selection(hours, Predicate.ALWAYS), List.of(grouping), 64L << 20);
    }

    private DocumentSelection selection(int hours, Predicate filter) {
        return new DocumentSelection(collectionId, null, new TimeRange(0, hours * HOUR_MS - 1), filter);
    }

    /**
     * Runs the operation to its end and returns how long it took, in nanoseconds.
     *
     * @throws IllegalStateException unless it read the rows of so many hours
     */
    long nanos(FragmentOperation operation, int hours) {
        Fragment fragment = new Fragment(
                "r-" + requests++,
                1,
                0,
                0,
                catalog.version(),
                System.currentTimeMillis() + DEADLINE_MS,
                OffsetToken.NONE,
                operation);
        long start = System.nanoTime();
        shard.submit(fragment);
        while (shard.hasRunning()) {
            shard.runSlice(ENDLESS);
        }
        long nanos = System.nanoTime() - start;
        Partial last = answer;
        if (last == null
                || !(last.result() instanceof PartialResult.Rows rows)
                || rows.stats().rowsRead() != (long) hours * ROWS_PER_HOUR) {
            throw new IllegalStateException("not every row was read: " + last);
        }
        return nanos;
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
        shard.close();
        state.close();
    }
}
