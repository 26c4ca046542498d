package io.millrace.planner.query;

import io.millrace.planner.parse.CollectionFields;
import io.millrace.planner.pattern.PatternAlias;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that a query has rows of: a collection, a table function over one, or what a name in a pattern stands for.
 *
 * @param place among the relations of the query
 * @param source the collection that its rows are of; null for what is of several, or of none
 * @param function the table function that gives the rows; null for none
 * @param pattern what the alias stands for in a pattern; null where there is none
 */
record Relation(
        int place,
        String alias,
        @Nullable CollectionFields source,
        @Nullable NearestFunction function,
        @Nullable PatternAlias pattern) {
    static final String ID = FragmentOperation.ID;
    static final String ROW_ID = FragmentOperation.ROW_ID;
    static final String SCORE = "score";
    static final String ORD = "ord";
    /** What nobody can name: the key, or the type of an edge. */
    static final String SELF = "@self";

    static Relation of(int place, String alias, CollectionFields source) {
        return new Relation(place, alias, source, null, null);
    }

    static Relation of(int place, String alias, CollectionFields source, NearestFunction function) {
        return new Relation(place, alias, source, function, null);
    }

    static Relation of(int place, PatternAlias alias, @Nullable CollectionFields source) {
        return new Relation(place, alias.name(), source, null, alias);
    }

    /** @throws IllegalStateException if the rows are not of one collection */
    CollectionFields fields() {
        if (source == null) {
            throw new IllegalStateException("\"" + alias + "\" is of no single collection");
        }
        return source;
    }

    /** Returns what may be named, with the types. */
    Map<String, ValueType> names() {
        if (pattern != null) {
            return pattern.fields();
        }
        Map<String, ValueType> names = new LinkedHashMap<>();
        if (function == null) {
            names.putAll(fields().types().types());
            names.putIfAbsent(ROW_ID, ValueType.STRING);
        } else {
            names.put(ROW_ID, ValueType.STRING);
            names.put(ID, fields().schema().keyType());
        }
        names.putIfAbsent(SCORE, ValueType.DOUBLE);
        if (function != null && function.withOrd()) {
            names.put(ORD, ValueType.INT);
        }
        return names;
    }

    /** Returns the names that {@code *} stands for. */
    List<Term.Field> all() {
        if (pattern != null) {
            return List.of(key());
        }
        return function == null
                ? fields().defaultColumns().stream()
                        .map(Column::name)
                        .map(this::term)
                        .toList()
                : names().keySet().stream().map(this::term).toList();
    }

    /** Returns whether shards know the name: everything but the score that a search gives. */
    boolean isStored(String name) {
        return pattern != null
                ? !name.equals(SELF)
                : function == null && (!name.equals(SCORE) || fields().types().type(SCORE) != null);
    }

    /** Returns whether rows have the score of a search that nobody has asked for by a function. */
    boolean isFound(String name) {
        return pattern == null && name.equals(SCORE) && (function != null || !isStored(SCORE));
    }

    Term.Field term(String name) {
        ValueType type = names().get(name);
        if (type == null) {
            throw new IllegalArgumentException("relation " + alias + " has no column " + name);
        }
        return new Term.Field(place, name, type);
    }

    /** Returns the key, also where the collection calls something else {@code id}; of an edge, its type. */
    Term.Field key() {
        if (pattern != null) {
            return pattern.keyed() && !pattern.edge() ? term(ID) : new Term.Field(place, SELF, pattern.type());
        }
        return fields().isKey(ID)
                ? term(ID)
                : new Term.Field(place, SELF, fields().schema().keyType());
    }

    /** Returns the names with the alias in front, for messages. */
    List<String> qualified() {
        List<String> qualified = new ArrayList<>();
        names().keySet().forEach(name -> qualified.add(alias + "." + name));
        return qualified;
    }
}
