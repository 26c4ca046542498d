/** Vectors that come, change and go while they are searched. */
@NullMarked
package io.millrace.benchmarks.stream;

import org.jspecify.annotations.NullMarked;
