/** What makes a plan cheaper and leaves its answer as it is. */
@NullMarked
package io.millrace.planner.rule;

import org.jspecify.annotations.NullMarked;
