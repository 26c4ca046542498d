package io.millrace.planner.query;

import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.parse.FieldTypes;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a query has rows of.
 *
 * @param place among the relations of the query
 * @param fields of the collection that its rows are of
 * @param function the table function that gives the rows; null where it is the collection itself
 */
record Relation(int place, String alias, CollectionFields fields, @Nullable NearestFunction function) {
    static final String ID = FragmentOperation.ID;
    static final String ROW_ID = FragmentOperation.ROW_ID;
    static final String SCORE = "score";
    /** What nobody can name: the key. */
    static final String KEY = "@key";

    /** Returns what may be named, with the types. */
    Map<String, ValueType> names() {
        Map<String, ValueType> names = new LinkedHashMap<>();
        if (function == null) {
            FieldTypes stored = fields.types();
            names.putAll(stored.types());
            names.putIfAbsent(ROW_ID, ValueType.STRING);
        } else {
            names.put(ROW_ID, ValueType.STRING);
            names.put(ID, fields.schema().keyType());
        }
        names.putIfAbsent(SCORE, ValueType.DOUBLE);
        return names;
    }

    /** Returns the names that {@code *} stands for. */
    List<String> all() {
        return function == null
                ? fields.defaultColumns().stream().map(Column::name).toList()
                : List.of(ROW_ID, ID, SCORE);
    }

    /** Returns whether shards know the name: everything but the score that a search gives. */
    boolean isStored(String name) {
        return function == null && (!name.equals(SCORE) || fields.types().type(SCORE) != null);
    }

    Term.Field term(String name) {
        ValueType type = names().get(name);
        if (type == null) {
            throw new IllegalArgumentException("relation " + alias + " has no column " + name);
        }
        return new Term.Field(place, name, type);
    }

    /** Returns the key, also where the collection calls something else {@code id}. */
    Term.Field key() {
        return fields.isKey(ID) ? term(ID) : new Term.Field(place, KEY, fields.schema().keyType());
    }

    /** Returns what is behind the alias, for messages. */
    List<String> qualified() {
        List<String> qualified = new ArrayList<>();
        names().keySet().forEach(name -> qualified.add(alias + "." + name));
        return qualified;
    }
}
