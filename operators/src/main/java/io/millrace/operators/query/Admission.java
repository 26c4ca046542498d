package io.millrace.operators.query;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Bounds the requests in flight at one coordinator: its share of the job's bounds. */
final class Admission {
    private final int max;
    private final int tenantMax;
    private final Map<String, Integer> tenants = new HashMap<>();
    private int inFlight;

    /** Takes the share of one of {@code coordinators}: at least one request. */
    Admission(int jobMax, int jobTenantMax, int coordinators) {
        max = Math.max(1, jobMax / coordinators);
        tenantMax = Math.max(1, (jobTenantMax + coordinators - 1) / coordinators);
    }

    int inFlight() {
        return inFlight;
    }

    /** Returns why a request of the tenant cannot be taken now; empty if it can. */
    Optional<Problem> refuse(String tenant) {
        if (inFlight >= max) {
            return Optional.of(problem(inFlight + " requests are in flight, at most " + max + " are taken"));
        }
        int own = tenants.getOrDefault(tenant, 0);
        return own >= tenantMax
                ? Optional.of(problem(
                        own + " requests of \"" + tenant + "\" are in flight, at most " + tenantMax + " are taken"))
                : Optional.empty();
    }

    void enter(String tenant) {
        inFlight++;
        tenants.merge(tenant, 1, Integer::sum);
    }

    void leave(String tenant) {
        inFlight--;
        tenants.computeIfPresent(tenant, (name, count) -> count == 1 ? null : count - 1);
    }

    private static Problem problem(String message) {
        return Problem.of(ErrorCode.OVERLOADED, message + " at this coordinator")
                .withHint("send it again when others have been answered");
    }
}
