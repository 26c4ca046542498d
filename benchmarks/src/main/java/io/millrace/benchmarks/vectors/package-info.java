/** How good, fast, large and quick to build the vector engines are. */
@NullMarked
package io.millrace.benchmarks.vectors;

import org.jspecify.annotations.NullMarked;
