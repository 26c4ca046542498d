package io.millrace.protocol.catalog;

import io.millrace.protocol.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What became of a control record.
 *
 * @param version the catalog version from which on the outcome is visible
 * @param changed whether anything was created, added or dropped
 * @param problem why it was refused; null where it was not
 */
public record ControlOutcome(
        long version, boolean changed, @Nullable Problem problem) {}
