package io.millrace.planner.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Reads keys that a plan gives: as a list of ids, or as a column of another step. */
final class KeySets {
    private KeySets() {}

    /**
     * Returns the place of the column that {@code "field"} names, or -1 with a problem.
     *
     * @param what the keys are for, as errors say it, such as {@code a start}
     */
    static int column(JsonObject object, String field, ResolvedStep step, String what) {
        ColumnScope columns = new ColumnScope(step, null);
        int place = columns.find(field);
        if (place < 0) {
            object.add(columns.unknown(field, object.path("field")));
            return -1;
        }
        ValueType type = columns.column(place).type();
        if (type != ValueType.STRING && type != ValueType.INT) {
            object.add(
                    ErrorCode.INVALID_TYPE,
                    "field",
                    "column \"" + field + "\" is a " + type + ", " + what + " must be a STRING or INT");
            return -1;
        }
        return place;
    }

    /**
     * Returns the canonical keys in the array {@code "ids"}, each once; those that cannot be are reported.
     *
     * @param owner whose keys they are, as errors name it
     */
    static List<String> keys(JsonObject object, JsonNode ids, ValueType type, String owner, PlanScope scope) {
        if (ids.size() > scope.limits.rowsMax()) {
            object.add(ErrorCode.INVALID_LIMIT, "ids", "at most " + scope.limits.rowsMax() + " ids, got " + ids.size());
            return List.of();
        }
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            JsonNode id = ids.get(i);
            Object key = id.isBoolean() ? null : Values.coerce(Values.scalar(id), type);
            if (key == null) {
                object.add(Problem.at(
                        ErrorCode.INVALID_VALUE,
                        object.path("ids") + "[" + i + "]",
                        JsonObject.describe(id) + " is no " + type + ", which the key of \"" + owner + "\" is"));
            } else {
                keys.add(key.toString());
            }
        }
        return keys.stream().distinct().toList();
    }
}
