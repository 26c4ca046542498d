package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the text of a pattern in a plan. What implements it builds on this package. */
public interface PatternReader {
    /**
     * Returns the pattern; null with problems where it is wrong.
     *
     * @param anchor the name of the vertex that rows of {@code collection} are; null for the first
     * @param collection null where no vertex is bound
     */
    @Nullable Matched read(String text, @Nullable String anchor, @Nullable String collection, Place place);

    /**
     * Where the text stands.
     *
     * @param hopsMax edges that a path may have
     * @param problems what is wrong is added to these
     */
    record Place(Catalog catalog, Map<String, JsonNode> parameters, int hopsMax, String path, List<Problem> problems) {}

    /** What was read. */
    interface Matched {
        Pattern pattern();

        /** Returns the place of the anchor. */
        int anchor();

        /** Returns names of vertices and of relationships of one edge, in the order in which they first come. */
        Set<String> names();

        /** Returns what can be named of one of {@link #names}. */
        Set<String> fields(String name);

        /**
         * Returns the type of a field, or of what the name stands for itself.
         *
         * @param field null for none
         */
        ValueType type(String name, @Nullable String field);

        /** Returns what shows that. */
        Binding binding(String name, @Nullable String field);
    }
}
