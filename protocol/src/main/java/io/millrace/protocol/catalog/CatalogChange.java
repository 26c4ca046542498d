package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One change of the catalog. Ids inside are ignored: the control offset of the record is the id of what it creates. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "op")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CatalogChange.CreateCollection.class, name = "create_collection"),
    @JsonSubTypes.Type(value = CatalogChange.AddField.class, name = "add_field"),
    @JsonSubTypes.Type(value = CatalogChange.DropCollection.class, name = "drop_collection"),
    @JsonSubTypes.Type(value = CatalogChange.CreateEventType.class, name = "create_event_type"),
    @JsonSubTypes.Type(value = CatalogChange.CreateEdgeType.class, name = "create_edge_type"),
    @JsonSubTypes.Type(value = CatalogChange.DropEdgeType.class, name = "drop_edge_type"),
    @JsonSubTypes.Type(value = CatalogChange.CreateVectorIndex.class, name = "create_vector_index"),
    @JsonSubTypes.Type(value = CatalogChange.AlterVectorIndex.class, name = "alter_vector_index"),
    @JsonSubTypes.Type(value = CatalogChange.BuildVectorIndex.class, name = "build_vector_index"),
    @JsonSubTypes.Type(value = CatalogChange.DropVectorIndex.class, name = "drop_vector_index")
})
public sealed interface CatalogChange {
    /** @param ifNotExists a collection of that name, whatever its fields, makes this a success that changes nothing */
    record CreateCollection(CollectionSchema collection, boolean ifNotExists) implements CatalogChange {
        public CreateCollection {
            Objects.requireNonNull(collection, "collection");
        }
    }

    record AddField(String collection, Field field) implements CatalogChange {
        public AddField {
            Objects.requireNonNull(collection, "collection");
            Objects.requireNonNull(field, "field");
        }
    }

    /** Refused while an edge type uses the collection; its vector indexes and event types go with it. */
    record DropCollection(String name, boolean ifExists) implements CatalogChange {
        public DropCollection {
            Objects.requireNonNull(name, "name");
        }
    }

    record CreateEventType(EventType eventType, boolean ifNotExists) implements CatalogChange {
        public CreateEventType {
            Objects.requireNonNull(eventType, "eventType");
        }
    }

    record CreateEdgeType(EdgeType edgeType, boolean ifNotExists) implements CatalogChange {
        public CreateEdgeType {
            Objects.requireNonNull(edgeType, "edgeType");
        }
    }

    record DropEdgeType(String name, boolean ifExists) implements CatalogChange {
        public DropEdgeType {
            Objects.requireNonNull(name, "name");
        }
    }

    record CreateVectorIndex(VectorIndexDefinition index, boolean ifNotExists) implements CatalogChange {
        public CreateVectorIndex {
            Objects.requireNonNull(index, "index");
        }
    }

    /**
     * Changes options of an index and keeps its id. Only what is named changes, so that two of these that cross both
     * count.
     *
     * @param efSearch 1 to 10 000; {@code preselectAlpha} 1 to 100; null for what stays
     */
    record AlterVectorIndex(
            String name,
            FreshnessChange freshness,
            @Nullable Integer efSearch,
            @Nullable Double preselectAlpha) implements CatalogChange {
        public AlterVectorIndex {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(freshness, "freshness");
            if ((efSearch != null && efSearch < 1) || (preselectAlpha != null && preselectAlpha < 1)) {
                throw new IllegalArgumentException(
                        "efSearch and preselectAlpha must be at least 1, got " + efSearch + ", " + preselectAlpha);
            }
        }
    }

    /** BUILD or REINDEX: every shard builds the index anew from its rows. */
    record BuildVectorIndex(String name) implements CatalogChange {
        public BuildVectorIndex {
            Objects.requireNonNull(name, "name");
        }
    }

    record DropVectorIndex(String name, boolean ifExists) implements CatalogChange {
        public DropVectorIndex {
            Objects.requireNonNull(name, "name");
        }
    }
}
