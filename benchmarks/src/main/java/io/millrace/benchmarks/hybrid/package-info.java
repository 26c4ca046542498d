/** Searches across vectors and graph, by every strategy and by the one that the planner chooses. */
@NullMarked
package io.millrace.benchmarks.hybrid;

import org.jspecify.annotations.NullMarked;
