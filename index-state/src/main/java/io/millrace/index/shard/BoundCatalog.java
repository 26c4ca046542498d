package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.graph.EdgeBinding;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One version of the catalog, looked up once for all shards of a subtask. */
final class BoundCatalog {
    static final BoundCatalog EMPTY = new BoundCatalog(Catalog.EMPTY);

    private final Catalog catalog;
    private final Map<String, CollectionBinding> collections = new HashMap<>();
    private final Map<Long, CollectionBinding> collectionsById = new HashMap<>();
    private final Map<String, EdgeBinding> edgeTypes = new HashMap<>();

    BoundCatalog(Catalog catalog) {
        this.catalog = catalog;
        catalog.collections().values().forEach(schema -> {
            CollectionBinding binding = new CollectionBinding(schema, catalog);
            collections.put(schema.name(), binding);
            collectionsById.put(schema.id(), binding);
        });
        catalog.edgeTypes().values().forEach(type -> {
            CollectionBinding from = collections.get(type.fromCollection());
            CollectionBinding to = collections.get(type.toCollection());
            if (from != null && to != null) {
                edgeTypes.put(type.name(), new EdgeBinding(type, from, to));
            }
        });
    }

    Catalog catalog() {
        return catalog;
    }

    Collection<CollectionBinding> collections() {
        return collections.values();
    }

    @Nullable CollectionBinding collection(String name) {
        return collections.get(name);
    }

    @Nullable CollectionBinding collection(long id) {
        return collectionsById.get(id);
    }

    /** Returns the collection that a fragment asks about. */
    CollectionBinding required(long id) throws MillraceException {
        CollectionBinding collection = collectionsById.get(id);
        if (collection == null) {
            throw new MillraceException(
                    ErrorCode.NOT_FOUND_COLLECTION, "the collection was dropped while the request was on its way");
        }
        return collection;
    }

    Collection<EdgeBinding> edgeTypes() {
        return edgeTypes.values();
    }

    @Nullable EdgeBinding edgeType(String name) {
        return edgeTypes.get(name);
    }

    /** Returns the edge type that a fragment asks about. */
    EdgeBinding requiredEdgeType(long id) throws MillraceException {
        return edgeTypes.values().stream()
                .filter(type -> type.type().id() == id)
                .findFirst()
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.NOT_FOUND_EDGE_TYPE, "the edge type was dropped while the request was on its way"));
    }

    /** Returns the vector index that a fragment asks about. */
    VectorIndexDefinition requiredIndex(long id) throws MillraceException {
        return catalog.vectorIndexes().values().stream()
                .filter(index -> index.id() == id)
                .findFirst()
                .orElseThrow(() -> new MillraceException(
                        ErrorCode.NOT_FOUND_INDEX, "the vector index was dropped while the request was on its way"));
    }

    Problem noCollection(String name) {
        return Problem.of(ErrorCode.NOT_FOUND_COLLECTION, "there is no collection \"" + name + "\"")
                .withNearest(Nearest.of(name, collections.keySet()));
    }

    Problem noEdgeType(String name) {
        return Problem.of(ErrorCode.NOT_FOUND_EDGE_TYPE, "there is no edge type \"" + name + "\"")
                .withNearest(Nearest.of(name, edgeTypes.keySet()));
    }
}
