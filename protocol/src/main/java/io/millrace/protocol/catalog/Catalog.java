package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What exists, as of one position of the control topic: an immutable value. Every planner and shard applies the same
 * records in log order by the same rule, so that all agree: the first of a name wins and a later one is a conflict.
 *
 * @param version the control offset behind the last record that was applied
 * @param outcomes what became of the newest records, by request id, at most {@link #OUTCOMES_MAX}, oldest first
 */
public record Catalog(
        long version,
        Map<String, CollectionSchema> collections,
        Map<String, EventType> eventTypes,
        Map<String, EdgeType> edgeTypes,
        Map<String, VectorIndexDefinition> vectorIndexes,
        Map<String, ControlOutcome> outcomes) {
    public static final int OUTCOMES_MAX = 10_000;
    public static final Catalog EMPTY = new Catalog(0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

    public Catalog {
        collections = java.util.Collections.unmodifiableMap(new TreeMap<>(collections));
        eventTypes = java.util.Collections.unmodifiableMap(new TreeMap<>(eventTypes));
        edgeTypes = java.util.Collections.unmodifiableMap(new TreeMap<>(edgeTypes));
        vectorIndexes = java.util.Collections.unmodifiableMap(new TreeMap<>(vectorIndexes));
        outcomes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    }

    public Optional<CollectionSchema> collection(String name) {
        return Optional.ofNullable(collections.get(name));
    }

    public Optional<EventType> eventType(String name) {
        return Optional.ofNullable(eventTypes.get(name));
    }

    public Optional<EdgeType> edgeType(String name) {
        return Optional.ofNullable(edgeTypes.get(name));
    }

    public Optional<VectorIndexDefinition> vectorIndex(String name) {
        return Optional.ofNullable(vectorIndexes.get(name));
    }

    /** Returns the indexes of {@code collection}, by name. */
    @JsonIgnore
    public Collection<VectorIndexDefinition> indexesOf(String collection) {
        return vectorIndexes.values().stream()
                .filter(index -> index.collection().equals(collection))
                .toList();
    }

    /** Returns what became of the record of {@code requestId}, if that is still known. */
    public Optional<ControlOutcome> outcome(String requestId) {
        return Optional.ofNullable(outcomes.get(requestId));
    }

    /**
     * Returns the catalog behind the record at {@code offset}. A record below {@link #version} was applied before and
     * changes nothing; one that cannot be applied is remembered as refused and moves the version all the same.
     */
    public Catalog apply(long offset, ControlRecord entry) {
        if (offset < version) {
            return this;
        }
        if (outcomes.containsKey(entry.requestId())) {
            return at(offset + 1);
        }
        Draft draft = new Draft(offset);
        Problem problem = draft.apply(entry.change());
        Map<String, ControlOutcome> remembered = new LinkedHashMap<>(outcomes);
        remembered.put(entry.requestId(), new ControlOutcome(offset + 1, draft.changed, problem));
        if (remembered.size() > OUTCOMES_MAX) {
            remembered.remove(remembered.keySet().iterator().next());
        }
        return new Catalog(
                offset + 1, draft.collections, draft.eventTypes, draft.edgeTypes, draft.vectorIndexes, remembered);
    }

    /** Returns this catalog at a later version: for control records that cannot be read. */
    public Catalog at(long newVersion) {
        return newVersion <= version
                ? this
                : new Catalog(newVersion, collections, eventTypes, edgeTypes, vectorIndexes, outcomes);
    }

    /** The maps while one change is applied. */
    private final class Draft {
        private final long offset;
        private final Map<String, CollectionSchema> collections = new TreeMap<>(Catalog.this.collections);
        private final Map<String, EventType> eventTypes = new TreeMap<>(Catalog.this.eventTypes);
        private final Map<String, EdgeType> edgeTypes = new TreeMap<>(Catalog.this.edgeTypes);
        private final Map<String, VectorIndexDefinition> vectorIndexes = new TreeMap<>(Catalog.this.vectorIndexes);
        private boolean changed;

        Draft(long offset) {
            this.offset = offset;
        }

        @Nullable Problem apply(CatalogChange change) {
            if (change instanceof CatalogChange.CreateCollection create) {
                CollectionSchema schema = create.collection();
                return add(collections, schema.name(), schema.withId(offset), create.ifNotExists());
            }
            if (change instanceof CatalogChange.AddField add) {
                return addField(add);
            }
            if (change instanceof CatalogChange.DropCollection drop) {
                return dropCollection(drop);
            }
            if (change instanceof CatalogChange.CreateEventType create) {
                EventType type = create.eventType();
                return missing(type.collection())
                        ? noCollection(type.collection())
                        : add(eventTypes, type.name(), type.withId(offset), create.ifNotExists());
            }
            if (change instanceof CatalogChange.CreateEdgeType create) {
                EdgeType type = create.edgeType();
                if (missing(type.fromCollection()) || missing(type.toCollection())) {
                    return noCollection(missing(type.fromCollection()) ? type.fromCollection() : type.toCollection());
                }
                return add(edgeTypes, type.name(), type.withId(offset), create.ifNotExists());
            }
            if (change instanceof CatalogChange.DropEdgeType drop) {
                return remove(edgeTypes, drop.name(), drop.ifExists(), ErrorCode.NOT_FOUND_EDGE_TYPE, "edge type");
            }
            if (change instanceof CatalogChange.CreateVectorIndex create) {
                return createIndex(create);
            }
            CatalogChange.DropVectorIndex drop = (CatalogChange.DropVectorIndex) change;
            return remove(vectorIndexes, drop.name(), drop.ifExists(), ErrorCode.NOT_FOUND_INDEX, "vector index");
        }

        private @Nullable Problem addField(CatalogChange.AddField add) {
            CollectionSchema schema = collections.get(add.collection());
            if (schema == null) {
                return noCollection(add.collection());
            }
            if (schema.fieldIndex(add.field().name()) >= 0) {
                return exists(add.field().name());
            }
            collections.put(schema.name(), schema.withField(add.field()));
            changed = true;
            return null;
        }

        private @Nullable Problem dropCollection(CatalogChange.DropCollection drop) {
            for (EdgeType type : edgeTypes.values()) {
                if (type.fromCollection().equals(drop.name())
                        || type.toCollection().equals(drop.name())) {
                    return Problem.of(
                                    ErrorCode.CONFLICT_IN_USE,
                                    "collection \"" + drop.name() + "\" is used by edge type \"" + type.name() + "\"")
                            .withHint("drop the edge type first");
                }
            }
            Problem problem =
                    remove(collections, drop.name(), drop.ifExists(), ErrorCode.NOT_FOUND_COLLECTION, "collection");
            if (problem == null) {
                vectorIndexes.values().removeIf(index -> index.collection().equals(drop.name()));
                eventTypes.values().removeIf(type -> type.collection().equals(drop.name()));
            }
            return problem;
        }

        private @Nullable Problem createIndex(CatalogChange.CreateVectorIndex create) {
            VectorIndexDefinition index = create.index();
            CollectionSchema schema = collections.get(index.collection());
            if (schema == null) {
                return noCollection(index.collection());
            }
            Optional<Field> field = schema.field(index.field());
            if (field.isEmpty()
                    || field.get().type() != ValueType.VECTOR
                    || field.get().dimension() != index.dimension()) {
                return Problem.of(
                        ErrorCode.NOT_FOUND_FIELD,
                        "collection \"" + schema.name() + "\" has no field \"" + index.field() + "\" of "
                                + index.dimension() + " dimensions");
            }
            return add(vectorIndexes, index.name(), index.withId(offset), create.ifNotExists());
        }

        private <T> @Nullable Problem add(Map<String, T> target, String name, T value, boolean ifNotExists) {
            if (target.containsKey(name)) {
                return ifNotExists ? null : exists(name);
            }
            target.put(name, value);
            changed = true;
            return null;
        }

        private <T> @Nullable Problem remove(
                Map<String, T> target, String name, boolean ifExists, ErrorCode notFound, String kind) {
            if (target.remove(name) != null) {
                changed = true;
                return null;
            }
            return ifExists ? null : Problem.of(notFound, "there is no " + kind + " \"" + name + "\"");
        }

        private boolean missing(String collection) {
            return !collections.containsKey(collection);
        }

        private Problem noCollection(String name) {
            return Problem.of(ErrorCode.NOT_FOUND_COLLECTION, "there is no collection \"" + name + "\"");
        }

        private Problem exists(String name) {
            return Problem.of(ErrorCode.CONFLICT_NAME, "\"" + name + "\" exists already");
        }
    }
}
