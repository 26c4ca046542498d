/** Measures Millrace against simpler things that share its machine, its broker and its JVM. */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
