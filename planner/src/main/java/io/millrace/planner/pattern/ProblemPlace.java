package io.millrace.planner.pattern;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import org.antlr.v4.runtime.ParserRuleContext;

/** Says in problems where in the text something stands. */
@FunctionalInterface
public interface ProblemPlace {
    Problem at(ParserRuleContext tree, ErrorCode code, String message);
}
