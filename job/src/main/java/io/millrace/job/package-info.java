/** What a cluster runs: the main class, the topology of the job and its configuration, and nothing more. */
@NullMarked
package io.millrace.job;

import org.jspecify.annotations.NullMarked;
