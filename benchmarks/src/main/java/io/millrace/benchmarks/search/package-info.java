/** Vector searches through the whole job. */
@NullMarked
package io.millrace.benchmarks.search;

import org.jspecify.annotations.NullMarked;
