package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;

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

    record DropVectorIndex(String name, boolean ifExists) implements CatalogChange {
        public DropVectorIndex {
            Objects.requireNonNull(name, "name");
        }
    }
}
