/** Clusters of the vectors of an index, kept as rows come, change and go. */
@NullMarked
package io.millrace.index.cluster;

import org.jspecify.annotations.NullMarked;
