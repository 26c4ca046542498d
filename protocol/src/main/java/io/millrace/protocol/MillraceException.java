package io.millrace.protocol;

import java.util.List;
import java.util.stream.Collectors;

/** Carries every problem of one record or request to the place that answers or dead-letters it. */
public final class MillraceException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public MillraceException(Problem problem) {
        this(List.of(problem));
    }

    /** @throws IllegalArgumentException if {@code problems} is empty */
    public MillraceException(List<Problem> problems) {
        super(problems.stream().map(p -> p.code() + "  " + p.message()).collect(Collectors.joining("; ")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must not be empty");
        }
        this.problems = List.copyOf(problems);
    }

    public MillraceException(ErrorCode code, String message) {
        this(Problem.of(code, message));
    }

    public List<Problem> problems() {
        return problems;
    }
}
