package io.millrace.planner.parse;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields that may be named in some place, with their types.
 *
 * @param owner what has them, as errors name it, such as {@code collection "papers"}
 */
public record FieldTypes(String owner, Map<String, ValueType> types) {
    public @Nullable ValueType type(String name) {
        return types.get(name);
    }

    /** Returns the problem of a name that is not there. */
    public Problem unknown(String name, String path) {
        return Problem.at(
                        ErrorCode.NOT_FOUND_FIELD, path, owner + " has no field \"" + JsonObject.shortened(name) + "\"")
                .withAllowed(List.copyOf(types.keySet()))
                .withNearest(Nearest.of(name, types.keySet()));
    }
}
