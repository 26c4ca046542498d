/** From Kafka records to mutations at the shards. */
@NullMarked
package io.millrace.operators.ingest;

import org.jspecify.annotations.NullMarked;
