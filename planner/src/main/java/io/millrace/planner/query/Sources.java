package io.millrace.planner.query;

import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.statement.Words;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.EventType;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Finds the collection, or the event type in one, that a table name means. */
final class Sources {
    private Sources() {}

    /** Returns the fields; null where there is no such name, with or without what stands in front of its last dot. */
    static @Nullable CollectionFields find(Catalog catalog, String name, ParserRuleContext tree, Words words) {
        CollectionFields whole = find(catalog, name);
        CollectionFields found = whole != null ? whole : find(catalog, name.substring(name.lastIndexOf('.') + 1));
        if (found == null) {
            Set<String> known = new TreeSet<>(catalog.collections().keySet());
            known.addAll(catalog.eventTypes().keySet());
            words.notFound(tree, ErrorCode.NOT_FOUND_COLLECTION, "collection or event type", name, known);
        }
        return found;
    }

    private static @Nullable CollectionFields find(Catalog catalog, String name) {
        CollectionSchema schema = catalog.collections().get(name);
        if (schema != null) {
            return new CollectionFields(schema, null);
        }
        EventType type = catalog.eventTypes().get(name);
        CollectionSchema owner = type == null ? null : catalog.collections().get(type.collection());
        return owner == null ? null : new CollectionFields(owner, type);
    }
}
