/** Plans as values: resolved against a catalog, so that whoever runs them needs none. */
@NullMarked
package io.millrace.planner.plan;

import org.jspecify.annotations.NullMarked;
