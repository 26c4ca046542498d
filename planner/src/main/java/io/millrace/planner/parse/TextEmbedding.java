package io.millrace.planner.parse;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Field;
import org.jspecify.annotations.Nullable;

/**
 * What the job says of the embedder that turns texts into vectors.
 *
 * @param embedder its name; null where none is configured
 * @param dimension of its vectors; -1 where only the first one tells
 * @param charsMax the longest text that a search may bring
 */
public record TextEmbedding(@Nullable String embedder, int dimension, int charsMax) {
    public static final TextEmbedding NONE = new TextEmbedding(null, -1, 1);

    /** Returns why texts cannot be turned into vectors of {@code field}; null where they can, as far as is known. */
    public @Nullable Problem refuse(Field field, String asker, String path) {
        if (embedder == null) {
            return Problem.at(
                            ErrorCode.INVALID_OPTION, path, "\"" + asker + "\" needs an embedder, and the job has none")
                    .withHint("set millrace.embedder, or bring vectors");
        }
        if (dimension != -1 && dimension != field.dimension()) {
            return Problem.at(
                    ErrorCode.INVALID_DIMENSION,
                    path,
                    "the embedder \"" + embedder + "\" gives " + dimension + " dimensions, field \"" + field.name()
                            + "\" needs " + field.dimension());
        }
        return null;
    }
}
