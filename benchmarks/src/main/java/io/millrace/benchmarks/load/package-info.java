/** The embedded stack under measurement, and loads of requests with their bare peer. */
@NullMarked
package io.millrace.benchmarks.load;

import org.jspecify.annotations.NullMarked;
