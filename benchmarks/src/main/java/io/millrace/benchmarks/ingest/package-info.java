/** How fast events are taken in, and what requests, checkpoints and restores cost meanwhile. */
@NullMarked
package io.millrace.benchmarks.ingest;

import org.jspecify.annotations.NullMarked;
