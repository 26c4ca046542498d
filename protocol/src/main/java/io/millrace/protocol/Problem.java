package io.millrace.protocol;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, in a form that both a person and a program can act on.
 *
 * @param message lower case, with the offending value and the limit
 * @param path JSON path of the offending part, such as {@code $.plan.steps[1].params.top_k}; null where there is none
 * @param detail further facts, such as a line and column
 * @param hint what to do about it
 * @param allowed the values that would have been accepted; empty where that does not apply
 * @param nearest the existing name closest to the one given
 */
public record Problem(
        ErrorCode code,
        String message,
        @Nullable String path,
        @Nullable String detail,
        @Nullable String hint,
        List<String> allowed,
        @Nullable String nearest) {
    public Problem {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        allowed = List.copyOf(allowed);
    }

    /** Returns a problem that has a code and a message only. */
    public static Problem of(ErrorCode code, String message) {
        return new Problem(code, message, null, null, null, List.of(), null);
    }

    /** Returns a problem at {@code path}. */
    public static Problem at(ErrorCode code, String path, String message) {
        return new Problem(code, message, path, null, null, List.of(), null);
    }

    public Problem withPath(String newPath) {
        return new Problem(code, message, newPath, detail, hint, allowed, nearest);
    }

    public Problem withDetail(String newDetail) {
        return new Problem(code, message, path, newDetail, hint, allowed, nearest);
    }

    public Problem withHint(String newHint) {
        return new Problem(code, message, path, detail, newHint, allowed, nearest);
    }

    public Problem withAllowed(List<String> newAllowed) {
        return new Problem(code, message, path, detail, hint, newAllowed, nearest);
    }

    public Problem withNearest(@Nullable String newNearest) {
        return new Problem(code, message, path, detail, hint, allowed, newNearest);
    }
}
