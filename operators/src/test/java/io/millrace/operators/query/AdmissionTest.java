package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    private static int admitted(Admission admission, String tenant) {
        int count = 0;
        while (admission.refuse(tenant).isEmpty()) {
            admission.enter(tenant);
            count++;
        }
        return count;
    }

    @ParameterizedTest(name = "{0} of the job over {1} coordinators")
    @CsvSource({"1000, 1, 1000", "1000, 4, 250", "10, 4, 2", "2, 4, 1"})
    void eachCoordinatorAdmitsItsShareButAtLeastOne(int jobMax, int coordinators, int share) {
        assertThat(admitted(new Admission(jobMax, jobMax, coordinators), "a")).isEqualTo(share);
    }

    @Test
    void fullTenantLeavesRoomForTheOthers() {
        Admission admission = new Admission(10, 3, 1);

        assertThat(admitted(admission, "loud")).isEqualTo(3);
        assertThat(admitted(admission, "quiet")).isEqualTo(3);
        assertThat(admission.inFlight()).isEqualTo(6);
    }

    @Test
    void refusalNamesTheTenantAndTheBound() {
        Admission admission = new Admission(10, 3, 1);
        admitted(admission, "loud");

        assertThat(admission.refuse("loud")).hasValueSatisfying(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(problem.message())
                    .isEqualTo("3 requests of \"loud\" are in flight, at most 3 are taken at this coordinator");
        });
    }

    @Test
    void whoLeavesMakesRoom() {
        Admission admission = new Admission(2, 2, 1);
        admitted(admission, "a");
        admission.leave("a");

        assertThat(admitted(admission, "b")).isEqualTo(1);
        assertThat(admission.inFlight()).isEqualTo(2);
    }
}
