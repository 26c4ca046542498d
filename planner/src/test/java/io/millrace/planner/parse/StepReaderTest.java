package io.millrace.planner.parse;

import static io.millrace.planner.Samples.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepReaderTest {
    private static String plan(String op, String params) {
        return "{'steps': [{'id': 's', 'op': '" + op + "', 'params': " + params + "}]}";
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"document.scan", "scan"})
    void aStepWithoutAStoreIsReadAsWhatItCanOnlyMean(String op) {
        String plan = plan(op, "{'collection': 'evnts'}");

        assertThat(parse(plan).problems())
                .extracting(Problem::code, Problem::path, Problem::message)
                .containsExactly(
                        tuple(
                                ErrorCode.INVALID_PLAN,
                                "$.plan.steps[0].store",
                                "\"store\" is missing: document.scan is written as \"store\": \"document\", \"op\": \"scan\""),
                        tuple(
                                ErrorCode.NOT_FOUND_COLLECTION,
                                "$.plan.steps[0].params.collection",
                                "there is no collection \"evnts\""));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"document.scam,INVALID_PLAN INVALID_OP", "scam,INVALID_PLAN", "'',INVALID_PLAN"})
    void aStepWithoutAStoreWhoseOperationIsNotKnownSaysSo(String op, String codes) {
        String plan = plan(op, "{}");

        assertThat(parse(plan).problems().stream()
                        .map(problem -> problem.code().name())
                        .toList())
                .isEqualTo(List.of(codes.split(" ")));
    }
}
