package io.millrace.operators.types;

import io.millrace.protocol.RequestOrigin;

/**
 * A request whose question waits for a plan, as it came: it is planned by the catalog of the moment when the plan is there.
 *
 * @param defaultId its id if it names none
 * @param contentHash equal for requests that ask for the same
 * @param arrivedMs epoch ms at which its planner saw it, which its timeout counts from where Kafka's timestamp lies ahead
 * @param deadlineMs epoch ms at which it is answered in any case
 */
public record WaitingRequest(
        String defaultId, RequestOrigin origin, byte[] value, long contentHash, long arrivedMs, long deadlineMs) {}
