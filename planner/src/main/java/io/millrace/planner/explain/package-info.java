/** What a plan does, and what was measured when it ran: one tree, as text and as JSON. */
@NullMarked
package io.millrace.planner.explain;

import org.jspecify.annotations.NullMarked;
