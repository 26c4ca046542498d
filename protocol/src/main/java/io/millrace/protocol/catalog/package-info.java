/** What exists: collections, event types, edge types and vector indexes, and the log of changes to them. */
@NullMarked
package io.millrace.protocol.catalog;

import org.jspecify.annotations.NullMarked;
