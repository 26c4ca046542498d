package io.millrace.benchmarks.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.benchmarks.measure.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * The least that can take in events: threads that each poll their partitions, parse the JSON and put the record into a
 * RocksDB of their own. No exchange between threads, no checkpoint, no offsets kept, no checks, no answers.
 */
final class BareLoop {
    private static final long WRITE_BUFFER_BYTES = 8 << 20;
    /** What the embedded stack gives Flink: {@code taskmanager.memory.managed.size}. */
    private static final long CACHE_BYTES = 512L << 20;

    private static final long SAMPLE_MS = 10;

    private final String bootstrapServers;
    private final Workload workload;
    private final Path folder;
    private final int threads;

    /** @param folder keeps what the loop has stored from one run to the next */
    BareLoop(String bootstrapServers, Workload workload, Path folder, int threads) {
        this.bootstrapServers = bootstrapServers;
        this.workload = workload;
        this.folder = folder;
        this.threads = threads;
    }

    /** Takes a segment in. */
    Intake run(Segment segment, double warmUpShare) throws InterruptedException {
        RocksDB.loadLibrary();
        LongAdder done = new LongAdder();
        long cpuStart = Intake.cpuNanos();
        Progress progress = new Progress(segment.events(), warmUpShare);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> loops = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int mine = thread;
                loops.add(CompletableFuture.runAsync(() -> loop(mine, segment, done), pool));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(loops.toArray(CompletableFuture[]::new));
            while (!all.isDone()) {
                progress.add(System.nanoTime(), done.sum());
                TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
            }
            progress.add(System.nanoTime(), done.sum());
            all.join();
        } finally {
            pool.shutdown();
        }
        return Intake.of(progress, Intake.cpuNanos() - cpuStart, segment.events());
    }

    private void loop(int thread, Segment segment, LongAdder done) {
        List<TopicPartition> partitions = segment.to().keySet().stream()
                .filter(partition -> partition.partition() % threads == thread)
                .toList();
        try (LRUCache cache = new LRUCache(CACHE_BYTES / threads);
                Options options = options(cache);
                WriteOptions write = new WriteOptions().setDisableWAL(true);
                RocksDB db =
                        RocksDB.open(options, folder.resolve("db-" + thread).toString());
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, segment.first(partition)));
            consume(consumer, segment, sink(db, write), done);
        } catch (RocksDBException e) {
            throw new IllegalStateException("the bare loop cannot store: " + e.getMessage(), e);
        }
    }

    private void consume(KafkaConsumer<byte[], byte[]> consumer, Segment segment, Workload.Sink sink, LongAdder done) {
        ObjectMapper json = new ObjectMapper();
        long left = consumer.assignment().stream()
                .mapToLong(partition -> segment.to().getOrDefault(partition, 0L) - segment.first(partition))
                .sum();
        while (left > 0) {
            for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofSeconds(1))) {
                try {
                    workload.store(json.readTree(entry.value()), entry.value(), sink);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                left--;
                done.increment();
            }
        }
    }

    private static Options options(LRUCache cache) {
        return new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setStatsDumpPeriodSec(0)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache));
    }

    private static Workload.Sink sink(RocksDB db, WriteOptions write) {
        return (key, value) -> {
            try {
                db.put(write, key, value);
            } catch (RocksDBException e) {
                throw new IllegalStateException("the bare loop cannot store: " + e.getMessage(), e);
            }
        };
    }
}
