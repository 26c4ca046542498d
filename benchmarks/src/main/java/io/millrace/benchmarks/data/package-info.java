/** Vectors from files or made up, and the exact answers to queries over them. */
@NullMarked
package io.millrace.benchmarks.data;

import org.jspecify.annotations.NullMarked;
