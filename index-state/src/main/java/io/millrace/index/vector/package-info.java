/** Distances, and the indexes over vectors. */
@NullMarked
package io.millrace.index.vector;

import org.jspecify.annotations.NullMarked;
