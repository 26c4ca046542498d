/** Edges: adjacency of both ends, and changes that wait. */
@NullMarked
package io.millrace.index.graph;

import org.jspecify.annotations.NullMarked;
