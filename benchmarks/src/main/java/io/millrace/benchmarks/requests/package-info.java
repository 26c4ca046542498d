/** How long requests take. */
@NullMarked
package io.millrace.benchmarks.requests;

import org.jspecify.annotations.NullMarked;
