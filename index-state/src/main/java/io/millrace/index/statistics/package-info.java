/** Sketches of the rows and edges of a shard, made in the background. */
@NullMarked
package io.millrace.index.statistics;

import org.jspecify.annotations.NullMarked;
