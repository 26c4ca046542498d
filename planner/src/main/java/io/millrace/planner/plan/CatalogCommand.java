package io.millrace.planner.plan;

import io.millrace.protocol.catalog.ControlRecord;

/**
 * A change of the catalog to append to the control topic.
 *
 * @param object name of what is created, changed or dropped
 */
public record CatalogCommand(ControlRecord entry, String object) {}
