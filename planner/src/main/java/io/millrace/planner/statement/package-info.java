/** From a statement to a change of the catalog, or to a table of what exists. */
@NullMarked
package io.millrace.planner.statement;

import org.jspecify.annotations.NullMarked;
