package io.millrace.planner.run;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;

/** Ends a step without a result. */
final class StepFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    StepFailure(ErrorCode code, String message) {
        super(message);
        problem = Problem.of(code, message);
    }

    Problem problem() {
        return problem;
    }
}
