/** Vector engines behind one interface, ours and others, each measured in a process of its own. */
@NullMarked
package io.millrace.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
