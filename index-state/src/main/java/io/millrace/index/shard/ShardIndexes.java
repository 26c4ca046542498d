package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.RowDraft;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The vector indexes of one shard. */
final class ShardIndexes {
    private final ShardIndex.Environment environment;
    private final KeyValueStore pending;
    private final Map<Long, ShardIndex> indexes = new TreeMap<>();
    private final Map<Long, List<ShardIndex>> byCollection = new HashMap<>();

    ShardIndexes(ShardStorage storage, ShardIndex.Environment environment) {
        this.environment = environment;
        pending = storage.open(StateNames.VECTOR_PENDING);
    }

    /** Takes the indexes of a new catalog version: those that are new are read or built, those that are gone dropped. */
    void bind(BoundCatalog catalog) {
        Map<Long, VectorIndexDefinition> defined = new TreeMap<>();
        catalog.catalog().vectorIndexes().values().forEach(index -> defined.put(index.id(), index));
        dropOthers(defined, catalog.catalog().version());
        byCollection.clear();
        defined.values().forEach(definition -> {
            CollectionBinding collection = catalog.collection(definition.collection());
            if (collection != null) {
                byCollection
                        .computeIfAbsent(collection.id(), ignored -> new ArrayList<>())
                        .add(attach(definition, collection));
            }
        });
    }

    private void dropOthers(Map<Long, VectorIndexDefinition> defined, long catalogVersion) {
        indexes.values().removeIf(index -> {
            boolean gone = !defined.containsKey(index.definition().id());
            if (gone) {
                index.drop();
            }
            return gone;
        });
        for (long id : environment.meta().indexes()) {
            if (id < catalogVersion && !defined.containsKey(id)) {
                long version = environment.meta().lastBuild(id).version();
                environment.engines().clear(id, version);
                environment.engines().clear(id, version + 1);
                pending.clear(Namespaces.of(id));
                environment.meta().forgetIndex(id);
            }
        }
    }

    private ShardIndex attach(VectorIndexDefinition definition, CollectionBinding collection) {
        ShardIndex present = indexes.get(definition.id());
        if (present != null) {
            present.bind(definition, collection);
            return present;
        }
        PendingRows waiting =
                new PendingRows(pending, definition.id(), environment.clock().getAsLong());
        ShardIndex index = new ShardIndex(environment, waiting, definition, collection);
        indexes.put(definition.id(), index);
        return index;
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
            if (vector != null || whole || draft.named(index.ordinal())) {
                index.changed(key, vector);
            }
            index.fieldsChanged(key);
        }
    }

    /** Takes over a vector that was made of the row's text. */
    void embedded(CollectionBinding collection, String key, int vectorOrdinal, float[] vector) {
        for (ShardIndex index : byCollection.getOrDefault(collection.id(), List.of())) {
            if (index.ordinal() == vectorOrdinal) {
                index.changed(key, vector);
            }
        }
    }

    void deleted(CollectionBinding collection, String key) {
        for (ShardIndex index : byCollection.getOrDefault(collection.id(), List.of())) {
            index.changed(key, null);
        }
    }

    /** Returns the indexes by id. */
    Collection<ShardIndex> all() {
        return indexes.values();
    }

    /** Does one step of what waits and returns whether more is to be done at once. */
    boolean runStep() {
        boolean more = false;
        for (ShardIndex index : indexes.values()) {
            more |= index.nextDueMs() != Long.MAX_VALUE && index.runStep();
        }
        return more;
    }

    /** Returns whether any change waits, so that {@link #nextDueMs} may have come nearer. */
    boolean hasPending() {
        for (ShardIndex index : indexes.values()) {
            if (index.nextDueMs() != Long.MAX_VALUE) {
                return true;
            }
        }
        return false;
    }

    /** Returns when {@link #runStep} has something to do. */
    long nextDueMs() {
        long next = Long.MAX_VALUE;
        for (ShardIndex index : indexes.values()) {
            next = Math.min(next, index.nextDueMs());
        }
        return next;
    }

    void flush() {
        indexes.values().forEach(ShardIndex::flush);
    }
}
