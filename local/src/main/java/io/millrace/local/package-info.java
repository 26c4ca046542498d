/** The embedded stack: a Kafka broker and a Flink cluster with the job, in one JVM. */
@NullMarked
package io.millrace.local;

import org.jspecify.annotations.NullMarked;
