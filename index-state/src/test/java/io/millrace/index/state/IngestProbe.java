package io.millrace.index.state;

import io.millrace.index.shard.Fixture;
import io.millrace.index.shard.ShardOutputs;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.mutation.Mutation;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import io.millrace.protocol.value.ValueType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;

/**
 * How fast changes get into RocksDB, against plain puts of the same bytes in the same run; started by hand:
 *
 * <pre>java -Xmx2g -cp ... io.millrace.index.state.IngestProbe [operations] [rounds]</pre>
 *
 * <p>{@code -Dprobe.bloom=false} leaves Flink's default, which is no bloom filters. The paths take turns. What is printed is the median over the rounds of the thread's own processor time, so that a
 * busy machine does not count.
 */
public final class IngestProbe {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Fixture catalog = new Fixture(1);
    private final ShardOperator.Running running;
    private final MapState<byte[], byte[]> raw;
    private final int operations;
    private final Map<String, List<Double>> nanosByPath = new LinkedHashMap<>();
    private long offset;

    private IngestProbe(Path folder, int operations) throws Exception {
        this.operations = operations;
        Field[] fields = {
            new Field("id", ValueType.STRING),
            new Field("title", ValueType.STRING),
            new Field("venue", ValueType.STRING),
            new Field("year", ValueType.INT),
            new Field("score", ValueType.DOUBLE),
            new Field("at", ValueType.TIMESTAMP)
        };
        catalog.collection(Fixture.schema("plain", null, fields));
        catalog.collection(Fixture.schema("timed", "at", fields));
        catalog.edgeType("CITES", "plain", "plain", Freshness.of(FreshnessMode.IMMEDIATE));
        ShardOutputs outputs = catalog;
        running = ShardOperator.start(1, 1, 0, null, folder, outputs, catalog.catalog, "256mb", "8mb");
        raw = running.operator()
                .getKeyedStateBackend()
                .getPartitionedState(
                        Bytes.NONE,
                        BytesSerializer.INSTANCE,
                        new MapStateDescriptor<>("raw", BytesSerializer.INSTANCE, BytesSerializer.INSTANCE));
    }

    public static void main(String[] arguments) throws Exception {
        int operations = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
        Path folder = Files.createTempDirectory("ingest-probe");
        IngestProbe probe = new IngestProbe(folder, operations);
        for (int round = 0; round < rounds; round++) {
            probe.round(round);
        }
        probe.report();
        probe.running.close();
    }

    private static String key(long number) {
        return "paper-" + Long.toHexString(number * 0x9E3779B97F4A7C15L);
    }

    private static EncodedFields fields(long number) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("title", "On the incremental maintenance of things that flow, part " + number);
        fields.put("venue", "Proceedings " + number % 97);
        fields.put("year", 1970 + number % 50);
        fields.put("score", number / 7.0);
        fields.put("at", 1_700_000_000_000L + number * 50 % (24 * 3_600_000L));
        return EncodedFields.of(fields);
    }

    private RoutedMutation routed(Mutation mutation) {
        return new RoutedMutation(
                0, new SourcePosition(0, 0, offset++, 1_700_000_000_000L), false, mutation, new byte[0], new byte[0]);
    }

    private void round(int round) throws Exception {
        long first = (long) round * operations;
        byte[] row = new byte[150];
        byte[] edge = new byte[33];
        byte[] namespace = Namespaces.of(77);
        prepare(number -> new Object[] {Bytes.utf8(key(number)), row}, first);
        measure("raw put of a row", () -> putRaw(namespace));
        prepare(number -> document(ChangeKind.UPSERT, "plain", number), first);
        measure("upsert", this::process);
        prepare(number -> document(ChangeKind.PATCH, "plain", number), first);
        measure("patch", this::process);
        prepare(number -> document(ChangeKind.UPSERT, "timed", number), first);
        measure("upsert, buckets, new", this::process);
        prepare(number -> document(ChangeKind.UPSERT, "timed", number), first);
        measure("upsert, buckets, again", this::process);
        SplittableRandom random = new SplittableRandom(round);
        long[][] ends = random.longs(operations, 0, 20_000)
                .mapToObj(from -> new long[] {from, random.nextLong(1_000_000)})
                .toArray(long[][]::new);
        prepare(number -> new Object[] {edgeKey(ends[(int) (number - first)]), edge}, first);
        measure("raw put of an edge", this::putRawEdges);
        prepare(number -> edge(ends[(int) (number - first)], null), first);
        measure("edge without an id", this::process);
        prepare(number -> edge(ends[(int) (number - first)], "e"), first);
        measure("edge with an id", this::process);
        running.snapshot(round + 1);
    }

    private RoutedMutation document(ChangeKind kind, String collection, long number) {
        return routed(new DocumentChange(kind, collection, key(number), null, false, fields(number)));
    }

    private RoutedMutation edge(long[] ends, @org.jspecify.annotations.Nullable String id) {
        return routed(new EdgeChange(ChangeKind.UPSERT, "CITES", key(ends[0]), key(ends[1]), id, EncodedFields.NONE));
    }

    private static byte[][] edgeKey(long[] ends) {
        byte[] from = Namespaces.adjacency(78, true, Bytes.utf8(key(ends[0])));
        return new byte[][] {from, Bytes.utf8("...." + key(ends[1]) + ".")};
    }

    private Object[] prepared = new Object[0];

    private void prepare(LongFunction<Object> make, long first) {
        prepared = new Object[operations];
        for (int i = 0; i < operations; i++) {
            prepared[i] = make.apply(first + i);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void measure(String path, Work work) throws Exception {
        long start = THREADS.getCurrentThreadCpuTime();
        work.run();
        double nanos = (double) (THREADS.getCurrentThreadCpuTime() - start) / operations;
        nanosByPath.computeIfAbsent(path, ignored -> new ArrayList<>()).add(nanos);
    }

    private void process() throws Exception {
        for (Object mutation : prepared) {
            running.process((RoutedMutation) mutation);
        }
    }

    @SuppressWarnings("unchecked")
    private void putRaw(byte[] namespace) throws Exception {
        running.operator().getKeyedStateBackend().setCurrentKey(0);
        ((org.apache.flink.runtime.state.internal.InternalKvState<Integer, byte[], ?>) raw)
                .setCurrentNamespace(namespace);
        for (Object entry : prepared) {
            raw.put((byte[]) ((Object[]) entry)[0], (byte[]) ((Object[]) entry)[1]);
        }
    }

    @SuppressWarnings("unchecked")
    private void putRawEdges() throws Exception {
        running.operator().getKeyedStateBackend().setCurrentKey(0);
        var internal = (org.apache.flink.runtime.state.internal.InternalKvState<Integer, byte[], ?>) raw;
        for (Object entry : prepared) {
            byte[][] key = (byte[][]) ((Object[]) entry)[0];
            internal.setCurrentNamespace(key[0]);
            raw.put(key[1], (byte[]) ((Object[]) entry)[1]);
        }
    }

    private void report() {
        double rowPut = median("raw put of a row");
        double edgePut = median("raw put of an edge");
        for (String path : nanosByPath.keySet()) {
            double nanos = median(path);
            double base = path.contains("edge") ? edgePut : rowPut;
            System.out.printf("%-24s %7.0f ns  %6.1f k/s  %5.2f raw puts%n", path, nanos, 1e6 / nanos, nanos / base);
        }
    }

    private double median(String path) {
        double[] sorted = nanosByPath.getOrDefault(path, List.of()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
