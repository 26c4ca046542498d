/** Merges the clusters of shards to those of the whole job. */
@NullMarked
package io.millrace.planner.cluster;

import org.jspecify.annotations.NullMarked;
