package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
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
        collections = PersistentMap.copyOf(collections);
        eventTypes = PersistentMap.copyOf(eventTypes);
        edgeTypes = PersistentMap.copyOf(edgeTypes);
        vectorIndexes = PersistentMap.copyOf(vectorIndexes);
        outcomes = Outcomes.copyOf(outcomes);
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
        Outcomes remembered = Outcomes.copyOf(outcomes)
                .and(entry.requestId(), new ControlOutcome(offset + 1, draft.changed, problem), OUTCOMES_MAX);
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
        private PersistentMap<String, CollectionSchema> collections = PersistentMap.copyOf(Catalog.this.collections);
        private PersistentMap<String, EventType> eventTypes = PersistentMap.copyOf(Catalog.this.eventTypes);
        private PersistentMap<String, EdgeType> edgeTypes = PersistentMap.copyOf(Catalog.this.edgeTypes);
        private PersistentMap<String, VectorIndexDefinition> vectorIndexes =
                PersistentMap.copyOf(Catalog.this.vectorIndexes);
        private boolean changed;

        Draft(long offset) {
            this.offset = offset;
        }

        @Nullable Problem apply(CatalogChange change) {
            if (change instanceof CatalogChange.CreateCollection create) {
                CollectionSchema schema = create.collection().withId(offset);
                if (isNew(collections, schema.name())) {
                    collections = collections.with(schema.name(), schema);
                }
                return taken(schema.name(), create.ifNotExists());
            }
            if (change instanceof CatalogChange.AddField add) {
                return addField(add);
            }
            if (change instanceof CatalogChange.DropCollection drop) {
                return dropCollection(drop);
            }
            if (change instanceof CatalogChange.CreateEventType create) {
                return createEventType(create);
            }
            if (change instanceof CatalogChange.CreateEdgeType create) {
                return createEdgeType(create);
            }
            if (change instanceof CatalogChange.DropEdgeType drop) {
                changed = edgeTypes.containsKey(drop.name());
                edgeTypes = edgeTypes.without(drop.name());
                return changed || drop.ifExists()
                        ? null
                        : notFound(ErrorCode.NOT_FOUND_EDGE_TYPE, "edge type", drop.name(), edgeTypes);
            }
            if (change instanceof CatalogChange.CreateVectorIndex create) {
                return createIndex(create);
            }
            if (change instanceof CatalogChange.AlterVectorIndex alter) {
                return changeIndex(alter.name(), index -> index.altered(alter));
            }
            if (change instanceof CatalogChange.BuildVectorIndex build) {
                return changeIndex(build.name(), index -> index.builtAt(offset));
            }
            CatalogChange.DropVectorIndex drop = (CatalogChange.DropVectorIndex) change;
            changed = vectorIndexes.containsKey(drop.name());
            vectorIndexes = vectorIndexes.without(drop.name());
            return changed || drop.ifExists() ? null : noIndex(drop.name());
        }

        private @Nullable Problem addField(CatalogChange.AddField add) {
            CollectionSchema schema = collections.get(add.collection());
            if (schema == null) {
                return noCollection(add.collection());
            }
            if (schema.fieldIndex(add.field().name()) >= 0) {
                return exists(add.field().name());
            }
            collections = collections.with(schema.name(), schema.withField(add.field()));
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
            if (!collections.containsKey(drop.name())) {
                return drop.ifExists() ? null : noCollection(drop.name());
            }
            changed = true;
            collections = collections.without(drop.name());
            for (VectorIndexDefinition index : Catalog.this.vectorIndexes.values()) {
                if (index.collection().equals(drop.name())) {
                    vectorIndexes = vectorIndexes.without(index.name());
                }
            }
            for (EventType type : Catalog.this.eventTypes.values()) {
                if (type.collection().equals(drop.name())) {
                    eventTypes = eventTypes.without(type.name());
                }
            }
            return null;
        }

        private @Nullable Problem createEventType(CatalogChange.CreateEventType create) {
            EventType type = create.eventType().withId(offset);
            if (!collections.containsKey(type.collection())) {
                return noCollection(type.collection());
            }
            if (isNew(eventTypes, type.name())) {
                eventTypes = eventTypes.with(type.name(), type);
            }
            return taken(type.name(), create.ifNotExists());
        }

        private @Nullable Problem createEdgeType(CatalogChange.CreateEdgeType create) {
            EdgeType type = create.edgeType().withId(offset);
            for (String end : List.of(type.fromCollection(), type.toCollection())) {
                if (!collections.containsKey(end)) {
                    return noCollection(end);
                }
            }
            if (isNew(edgeTypes, type.name())) {
                edgeTypes = edgeTypes.with(type.name(), type);
            }
            return taken(type.name(), create.ifNotExists());
        }

        private @Nullable Problem createIndex(CatalogChange.CreateVectorIndex create) {
            VectorIndexDefinition index = create.index().withId(offset);
            CollectionSchema schema = collections.get(index.collection());
            if (schema == null) {
                return noCollection(index.collection());
            }
            Predicate<Field> fits = field -> field.type() == ValueType.VECTOR && field.dimension() == index.dimension();
            if (schema.field(index.field()).filter(fits).isEmpty()) {
                List<String> fitting =
                        schema.fields().stream().filter(fits).map(Field::name).toList();
                return Problem.of(
                                ErrorCode.NOT_FOUND_FIELD,
                                "collection \"" + schema.name() + "\" has no field \"" + index.field() + "\" of "
                                        + index.dimension() + " dimensions")
                        .withNearest(Nearest.of(index.field(), fitting));
            }
            if (isNew(vectorIndexes, index.name())) {
                vectorIndexes = vectorIndexes.with(index.name(), index);
            }
            return taken(index.name(), create.ifNotExists());
        }

        private @Nullable Problem changeIndex(String name, UnaryOperator<VectorIndexDefinition> change) {
            VectorIndexDefinition before = vectorIndexes.get(name);
            if (before == null) {
                return noIndex(name);
            }
            VectorIndexDefinition after = change.apply(before);
            changed = !after.equals(before);
            vectorIndexes = vectorIndexes.with(name, after);
            return null;
        }

        private boolean isNew(Map<String, ?> existing, String name) {
            changed = !existing.containsKey(name);
            return changed;
        }

        /** Returns the problem of a name that was there already. */
        private @Nullable Problem taken(String name, boolean ifNotExists) {
            return changed || ifNotExists ? null : exists(name);
        }

        private Problem noCollection(String name) {
            return notFound(ErrorCode.NOT_FOUND_COLLECTION, "collection", name, collections);
        }

        private Problem noIndex(String name) {
            return notFound(ErrorCode.NOT_FOUND_INDEX, "vector index", name, vectorIndexes);
        }

        private static Problem notFound(ErrorCode code, String kind, String name, Map<String, ?> existing) {
            return Problem.of(code, "there is no " + kind + " \"" + name + "\"")
                    .withNearest(Nearest.of(name, existing.keySet()));
        }

        private static Problem exists(String name) {
            return Problem.of(ErrorCode.CONFLICT_NAME, "\"" + name + "\" exists already");
        }
    }
}
