package io.millrace.planner.parse;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Nearest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.value.Column;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a compute step may name: those of its input and behind them those of the step it joins. A plain name
 * means the input's column first; {@code s3.count} means that of step s3.
 *
 * @param joined null where nothing is joined
 */
record ColumnScope(ResolvedStep input, @Nullable ResolvedStep joined) {
    /** Returns the place of the column in the row of both, or -1. */
    int find(String name) {
        int place = input.columnIndex(name);
        if (place >= 0) {
            return place;
        }
        if (name.startsWith(input.id() + ".")) {
            place = input.columnIndex(name.substring(input.id().length() + 1));
        }
        return place >= 0 || joined == null ? place : findJoined(joined, name);
    }

    private int findJoined(ResolvedStep step, String name) {
        int place = step.columnIndex(name);
        if (place < 0 && name.startsWith(step.id() + ".")) {
            place = step.columnIndex(name.substring(step.id().length() + 1));
        }
        return place < 0 ? -1 : input.columns().size() + place;
    }

    Column column(int place) {
        int inputs = input.columns().size();
        if (place < inputs || joined == null) {
            return input.columns().get(place);
        }
        return joined.columns().get(place - inputs);
    }

    boolean isCount(int place) {
        int inputs = input.columns().size();
        return place < inputs || joined == null
                ? input.counts().contains(place)
                : joined.counts().contains(place - inputs);
    }

    Problem unknown(String name, String path) {
        List<String> names = new ArrayList<>();
        input.columns().forEach(column -> names.add(column.name()));
        if (joined != null) {
            joined.columns().forEach(column -> names.add(joined.id() + "." + column.name()));
        }
        String owner = joined == null
                ? "step \"" + input.id() + "\" has"
                : "steps \"" + input.id() + "\" and \"" + joined.id() + "\" have";
        return Problem.at(ErrorCode.NOT_FOUND_FIELD, path, owner + " no column \"" + JsonObject.shortened(name) + "\"")
                .withAllowed(names)
                .withNearest(Nearest.of(name, names));
    }
}
