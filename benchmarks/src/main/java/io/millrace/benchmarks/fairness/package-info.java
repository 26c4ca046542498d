/** What heavy requests cost their neighbours. */
@NullMarked
package io.millrace.benchmarks.fairness;

import org.jspecify.annotations.NullMarked;
