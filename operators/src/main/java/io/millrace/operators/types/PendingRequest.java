package io.millrace.operators.types;

import io.millrace.planner.plan.PlannedRequest;

/**
 * A request that is not answered yet: all that a coordinator needs to start it again.
 *
 * @param attempt how often it was started, from 1
 */
public record PendingRequest(int attempt, PlannedRequest request) {}
