package io.millrace.operators.types;

import io.millrace.planner.plan.PlannedRequest;
import io.millrace.protocol.fragment.ControlApplied;

/** What planners send to the coordinator of a request. */
public sealed interface CoordinatorInput {
    String requestId();

    record Planned(PlannedRequest request) implements CoordinatorInput {
        @Override
        public String requestId() {
            return request.requestId();
        }
    }

    record Acknowledged(ControlApplied applied) implements CoordinatorInput {
        @Override
        public String requestId() {
            return applied.requestId();
        }
    }
}
