/** How fast rows are scanned, filtered and grouped. */
@NullMarked
package io.millrace.benchmarks.scan;

import org.jspecify.annotations.NullMarked;
