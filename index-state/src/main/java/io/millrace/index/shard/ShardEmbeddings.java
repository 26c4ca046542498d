package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RowDraft;
import io.millrace.index.document.TextSource;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the rows of one shard the vectors of their texts, for the indexes that say {@code embed_from}. Where several are over
 * one field, the oldest cares for it.
 */
final class ShardEmbeddings {
    private static final Logger LOG = LoggerFactory.getLogger(ShardEmbeddings.class);
    private static final byte VERSION = 1;

    /** Vectors that one step hands to the indexes, which may take some hundred microseconds for each. */
    private static final int APPLY_STEP = 4;

    private static final int REMOVE_STEP = 128;

    private final Environment environment;
    private final KeyValueStore store;
    private final Map<Long, EmbeddedField> fields = new TreeMap<>();
    private final Map<Long, List<EmbeddedField>> byCollection = new HashMap<>();

    /** Of each index what was last written of it. */
    private final Map<Long, Directory> directory = new TreeMap<>();

    private final Deque<Arrived> arrived = new ArrayDeque<>();
    private final Deque<Long> dropped = new ArrayDeque<>();
    private @Nullable Cursor droppedRows;
    private final RowDraft draft = new RowDraft();

    /** The progress of indexes that are gone. */
    private long retired;

    /** What embedding needs of its shard. */
    record Environment(
            int shard, List<String> topics, DocumentStore documents, ShardIndexes indexes, TextEmbedder embedder) {}

    /** What is in state of an index besides its rows. */
    private record Directory(boolean filled, long size) {}

    private record Arrived(long indexId, EmbeddingBatch.Text text, float[] vector) {}

    ShardEmbeddings(Environment environment, KeyValueStore store) {
        this.environment = environment;
        this.store = store;
        Cursor cursor = store.scan(Bytes.NONE);
        while (cursor.next()) {
            directory.put(Bytes.toLong(cursor.key(), 0), decode(cursor.value()));
        }
    }

    /** Takes the indexes of a new catalog version. */
    void bind(BoundCatalog catalog) {
        Map<Long, TextSource> wanted = wanted(catalog);
        retired += fields.values().stream()
                .filter(field -> !wanted.containsKey(field.indexId()))
                .mapToLong(field -> field.progress() + 1)
                .sum();
        fields.keySet().removeIf(id -> !wanted.containsKey(id));
        for (long id : directory.keySet()) {
            if (!wanted.containsKey(id) && id < catalog.catalog().version() && !dropped.contains(id)) {
                dropped.add(id);
            }
        }
        byCollection.clear();
        wanted.forEach((id, source) -> {
            EmbeddedField field = fields.get(id);
            if (field == null) {
                field = open(id, source);
                fields.put(id, field);
            }
            field.bind(source);
            byCollection
                    .computeIfAbsent(source.collection().id(), ignored -> new ArrayList<>())
                    .add(field);
        });
    }

    private static Map<Long, TextSource> wanted(BoundCatalog catalog) {
        Map<Long, VectorIndexDefinition> byId = new TreeMap<>();
        catalog.catalog().vectorIndexes().values().forEach(index -> byId.put(index.id(), index));
        Map<Long, TextSource> wanted = new TreeMap<>();
        for (VectorIndexDefinition index : byId.values()) {
            CollectionBinding collection = catalog.collection(index.collection());
            int text = collection == null || index.embedFrom() == null ? -1 : collection.ordinal(index.embedFrom());
            if (collection != null && text >= 0 && !isCared(wanted, collection, index.field())) {
                wanted.put(index.id(), new TextSource(collection, text, collection.ordinal(index.field())));
            }
        }
        return wanted;
    }

    private static boolean isCared(Map<Long, TextSource> wanted, CollectionBinding collection, String field) {
        return wanted.values().stream()
                .anyMatch(source ->
                        source.collection().id() == collection.id() && source.vector() == collection.ordinal(field));
    }

    private EmbeddedField open(long id, TextSource source) {
        Directory known = directory.get(id);
        boolean filled = known != null && known.filled();
        if (known == null) {
            write(id, new Directory(false, 0));
        }
        if (!environment.embedder().available()) {
            LOG.warn(
                    "Shard {}: rows of collection \"{}\" wait to be embedded, but the job has no embedder",
                    environment.shard(),
                    source.collection().schema().name());
        }
        return new EmbeddedField(
                environment.shard(),
                id,
                new EmbeddingQueue(store, id, known == null ? 0 : known.size()),
                source,
                filled ? null : environment.documents().scan(source.collection(), null, null));
    }

    /** Looks at a change of a row before it is applied. */
    void beforeChange(
            CollectionBinding collection, String key, RowDraft change, boolean whole, SourcePosition position) {
        List<EmbeddedField> own = byCollection.get(collection.id());
        if (own != null) {
            String partition = environment.topics().get(position.topic()) + "-" + position.partition();
            own.forEach(field ->
                    field.beforeChange(environment.documents(), key, change, whole, partition, position.offset()));
        }
    }

    void deleted(CollectionBinding collection, String key) {
        byCollection
                .getOrDefault(collection.id(), List.of())
                .forEach(field -> field.queue().remove(key));
    }

    /** Takes the vectors of a batch, to be applied in steps. */
    void embedded(EmbeddingBatch batch, List<float[]> vectors, long nowMs) {
        EmbeddedField field = fields.get(batch.indexId());
        if (field == null) {
            return;
        }
        TextSource source = field.source();
        int dimension = source.collection().field(source.vector()).dimension();
        if (vectors.get(0).length != dimension) {
            LOG.warn(
                    "Shard {}: the embedder gives {} dimensions, field \"{}\" needs {}",
                    environment.shard(),
                    vectors.get(0).length,
                    source.collection().field(source.vector()).name(),
                    dimension);
            field.failed(batch, nowMs);
            return;
        }
        field.succeeded(environment.embedder());
        for (int i = 0; i < vectors.size(); i++) {
            arrived.add(new Arrived(batch.indexId(), batch.texts().get(i), vectors.get(i)));
        }
    }

    void notEmbedded(EmbeddingBatch batch, long nowMs) {
        EmbeddedField field = fields.get(batch.indexId());
        if (field != null) {
            field.failed(batch, nowMs);
        }
    }

    /** Does one step of what waits and returns whether more is to be done at once. */
    boolean runStep(long nowMs) {
        if (!arrived.isEmpty()) {
            for (int i = 0; i < APPLY_STEP && !arrived.isEmpty(); i++) {
                apply(arrived.remove());
            }
        } else {
            fields.values().forEach(field -> field.step(environment.documents(), environment.embedder(), nowMs));
        }
        if (!dropped.isEmpty()) {
            removeDropped();
        }
        return nextDueMs() <= nowMs;
    }

    private void apply(Arrived one) {
        EmbeddedField field = fields.get(one.indexId());
        if (field == null) {
            return;
        }
        String key = one.text().key();
        if (field.queue().awaits(key, one.text().hash())) {
            TextSource source = field.source();
            if (environment
                    .documents()
                    .setVector(source.collection(), source.vector(), Bytes.utf8(key), one.vector(), draft)) {
                environment.indexes().embedded(source.collection(), key, source.vector(), one.vector());
            }
            field.queue().remove(key);
        }
        field.queue().back(key);
    }

    private void removeDropped() {
        long id = dropped.getFirst();
        Cursor rows = droppedRows == null ? store.scan(Namespaces.of(id)) : droppedRows;
        droppedRows = rows;
        for (int i = 0; i < REMOVE_STEP; i++) {
            if (!rows.next()) {
                store.remove(Bytes.NONE, Bytes.ofLong(id));
                directory.remove(id);
                dropped.remove();
                droppedRows = null;
                return;
            }
            store.remove(Namespaces.of(id), rows.key());
        }
    }

    /** Returns when {@link #runStep} has something to do. */
    long nextDueMs() {
        if (!arrived.isEmpty() || !dropped.isEmpty()) {
            return Long.MIN_VALUE;
        }
        long next = Long.MAX_VALUE;
        for (EmbeddedField field : fields.values()) {
            next = Math.min(next, field.nextDueMs(environment.embedder()));
        }
        return next;
    }

    /** Returns whether every row of the field whose change is below the token has its vector. */
    boolean covers(long collectionId, int vector, OffsetToken token) {
        EmbeddedField field = field(collectionId, vector);
        return field == null || field.covers(token);
    }

    /** Returns how many rows of the field wait. */
    long pending(long collectionId, int vector) {
        EmbeddedField field = field(collectionId, vector);
        return field == null ? 0 : field.queue().size();
    }

    private @Nullable EmbeddedField field(long collectionId, int vector) {
        for (EmbeddedField field : byCollection.getOrDefault(collectionId, List.of())) {
            if (field.source().vector() == vector) {
                return field;
            }
        }
        return null;
    }

    /** Returns how many rows wait in all. */
    long pending() {
        return fields.values().stream().mapToLong(field -> field.queue().size()).sum();
    }

    /** Returns a number that grows when {@link #covers} may have become true. */
    long progress() {
        return retired
                + fields.values().stream().mapToLong(EmbeddedField::progress).sum();
    }

    /** Writes how many rows wait beside them. */
    void flush() {
        fields.forEach((id, field) -> {
            Directory now = new Directory(field.isFilled(), field.queue().size());
            if (!now.equals(directory.get(id))) {
                write(id, now);
            }
        });
    }

    private void write(long id, Directory now) {
        directory.put(id, now);
        byte[] value = new byte[2 + Long.BYTES];
        value[0] = VERSION;
        value[1] = (byte) (now.filled() ? 1 : 0);
        Bytes.putLong(value, 2, now.size());
        store.put(Bytes.NONE, Bytes.ofLong(id), value);
    }

    private static Directory decode(byte[] value) {
        if (value[0] != VERSION) {
            throw new IllegalStateException("unknown version " + value[0] + " of an index that embeds");
        }
        return new Directory(value[1] == 1, Bytes.toLong(value, 2));
    }
}
