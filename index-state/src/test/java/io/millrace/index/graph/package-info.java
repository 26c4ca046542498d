/** Tests of {@code io.millrace.index.graph}. */
@NullMarked
package io.millrace.index.graph;

import org.jspecify.annotations.NullMarked;
