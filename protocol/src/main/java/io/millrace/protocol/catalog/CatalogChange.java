package io.millrace.protocol.catalog;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

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
    record CreateCollection(CollectionSchema collection, boolean ifNotExists) implements CatalogChange {}

    record AddField(String collection, Field field) implements CatalogChange {}

    /** Refused while an edge type uses the collection; its vector indexes and event types go with it. */
    record DropCollection(String name, boolean ifExists) implements CatalogChange {}

    record CreateEventType(EventType eventType, boolean ifNotExists) implements CatalogChange {}

    record CreateEdgeType(EdgeType edgeType, boolean ifNotExists) implements CatalogChange {}

    record DropEdgeType(String name, boolean ifExists) implements CatalogChange {}

    record CreateVectorIndex(VectorIndexDefinition index, boolean ifNotExists) implements CatalogChange {}

    record DropVectorIndex(String name, boolean ifExists) implements CatalogChange {}
}
