package io.millrace.planner.rule;

import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.mutation.CompositeKey;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the keys that a filter leaves: where it binds every field of the primary key by equality or {@code in}, rows are
 * read by key instead of by a scan. The filter is still applied to what is read.
 */
public final class KeyLookup {
    /** Above, a scan is not surely dearer: it reads a row in about a third of the time of a lookup. */
    static final int KEYS_MAX = 10_000;

    private KeyLookup() {}

    /** Returns the canonical keys, each once, that rows must have to pass the filter; null where they are not known. */
    public static @Nullable List<String> keys(CollectionSchema schema, Predicate filter) {
        Set<String> whole = schema.fieldIndex(FragmentOperation.ID) < 0 ? bound(filter, FragmentOperation.ID) : null;
        if (whole != null) {
            return whole.size() > KEYS_MAX ? null : List.copyOf(whole);
        }
        List<List<String>> keys = List.of(List.of());
        for (String field : schema.primaryKey()) {
            Set<String> values = bound(filter, field);
            if (values == null || (long) keys.size() * values.size() > KEYS_MAX) {
                return null;
            }
            keys = product(keys, values);
        }
        boolean composite = schema.primaryKey().size() > 1;
        return keys.stream()
                .map(parts -> composite ? CompositeKey.join(parts) : parts.get(0))
                .toList();
    }

    private static List<List<String>> product(List<List<String>> keys, Set<String> values) {
        List<List<String>> longer = new ArrayList<>();
        for (List<String> key : keys) {
            for (String value : values) {
                List<String> next = new ArrayList<>(key);
                next.add(value);
                longer.add(next);
            }
        }
        return longer;
    }

    /** Returns the only values of the field with which the filter can hold, as canonical text; null for any. */
    private static @Nullable Set<String> bound(Predicate filter, String field) {
        if (filter instanceof Predicate.Compare compare) {
            boolean binds = compare.field().equals(field) && compare.comparison() == Comparison.EQ;
            return binds ? texts(List.of(compare.value())) : null;
        }
        if (filter instanceof Predicate.In in) {
            return in.field().equals(field) ? texts(in.values()) : null;
        }
        if (!(filter instanceof Predicate.And and)) {
            return null;
        }
        Set<String> all = null;
        for (Predicate operand : and.operands()) {
            Set<String> some = bound(operand, field);
            if (all == null) {
                all = some;
            } else if (some != null) {
                all.retainAll(some);
            }
        }
        return all;
    }

    private static Set<String> texts(List<Object> values) {
        Set<String> texts = new LinkedHashSet<>();
        values.forEach(value -> texts.add(value.toString()));
        return texts;
    }
}
