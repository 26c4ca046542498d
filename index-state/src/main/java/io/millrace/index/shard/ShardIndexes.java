package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.RowDraft;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.HnswlibIndex;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The vector indexes of one shard. Every change reaches them in the same element, whatever the mode of the index;
 * {@link #changed} and {@link #deleted} are the only ways in, so that is where waiting changes will be kept.
 */
final class ShardIndexes {
    private final DocumentStore documents;
    private final ShardMeta meta;
    private final KeyValueStore hnswlib;
    private final Map<Long, ShardIndex> indexes = new TreeMap<>();
    private final Map<Long, List<ShardIndex>> byCollection = new HashMap<>();

    ShardIndexes(ShardStorage storage, DocumentStore documents, ShardMeta meta) {
        this.documents = documents;
        this.meta = meta;
        hnswlib = storage.open(StateNames.VECTOR_HNSWLIB);
    }

    /** Takes the indexes of a new catalog version: those that are new are read or built, those that are gone dropped. */
    void bind(BoundCatalog catalog) {
        Map<Long, VectorIndexDefinition> defined = new TreeMap<>();
        catalog.catalog().vectorIndexes().values().forEach(index -> defined.put(index.id(), index));
        indexes.keySet().retainAll(defined.keySet());
        defined.values().forEach(definition -> {
            CollectionBinding collection = catalog.collection(definition.collection());
            if (!indexes.containsKey(definition.id()) && collection != null) {
                attach(definition, collection);
            }
        });
        byCollection.clear();
        indexes.values().forEach(index -> {
            CollectionBinding collection = catalog.collection(index.definition().collection());
            if (collection != null) {
                byCollection
                        .computeIfAbsent(collection.id(), ignored -> new ArrayList<>())
                        .add(index);
            }
        });
        for (long id : meta.builtIndexes()) {
            if (id < catalog.catalog().version() && !defined.containsKey(id)) {
                hnswlib.clear(Namespaces.of(id));
                meta.forgetIndex(id);
            }
        }
    }

    private void attach(VectorIndexDefinition definition, CollectionBinding collection) {
        if (definition.engine() == VectorEngine.HNSW) {
            return;
        }
        boolean built = meta.isBuilt(definition.id());
        if (built && hnswlib.get(Namespaces.of(definition.id()), Bytes.ofLong(0)) != null) {
            VectorIndex stored = HnswlibIndex.restore(definition, hnswlib);
            indexes.put(definition.id(), ShardIndex.ready(definition, collection.ordinal(definition.field()), stored));
            return;
        }
        ShardIndex index = ShardIndex.building(definition, collection, documents, create(definition));
        indexes.put(definition.id(), index);
        // One that was built before is read to its end at once; a new one on an empty collection is ready at once.
        if (!index.build(built ? Integer.MAX_VALUE : 1)) {
            meta.markBuilt(definition.id());
        }
    }

    private VectorIndex create(VectorIndexDefinition definition) {
        return definition.engine() == VectorEngine.HNSWLIB
                ? HnswlibIndex.create(definition, hnswlib)
                : new FlatIndex(definition.dimension());
    }

    @Nullable ShardIndex get(long id) {
        return indexes.get(id);
    }

    /**
     * Takes over the vectors of a row.
     *
     * @param whole whether a field that the event does not name has no vector now
     */
    void changed(CollectionBinding collection, String key, RowDraft draft, boolean whole) {
        for (ShardIndex index : byCollection.getOrDefault(collection.id(), List.of())) {
            float[] vector = draft.vector(index.ordinal());
            if (vector != null) {
                index.put(key, vector);
            } else if (whole || draft.named(index.ordinal())) {
                index.remove(key);
            }
        }
    }

    void deleted(CollectionBinding collection, String key) {
        for (ShardIndex index : byCollection.getOrDefault(collection.id(), List.of())) {
            index.remove(key);
        }
    }

    /** Returns the indexes by id. */
    Collection<ShardIndex> all() {
        return indexes.values();
    }

    boolean isBuilding() {
        return indexes.values().stream().anyMatch(index -> !index.isReady());
    }

    /** Adds some vectors to an index that is not ready. */
    void buildSome(int vectorsMax) {
        for (ShardIndex index : indexes.values()) {
            if (!index.isReady()) {
                if (!index.build(vectorsMax)) {
                    meta.markBuilt(index.definition().id());
                }
                return;
            }
        }
    }

    void flush() {
        indexes.values().stream()
                .filter(ShardIndex::isReady)
                .forEach(index -> index.index().flush());
    }
}
