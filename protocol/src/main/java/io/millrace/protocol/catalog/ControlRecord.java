package io.millrace.protocol.catalog;

import java.util.Objects;

/**
 * One record of the control topic.
 *
 * @param requestId the request that asked for the change; the same id again changes nothing and has the same outcome
 */
public record ControlRecord(String requestId, CatalogChange change) {
    public ControlRecord {
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(change, "change");
    }
}
