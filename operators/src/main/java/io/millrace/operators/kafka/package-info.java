/** Records in and out, and what has to be asked of Kafka besides. */
@NullMarked
package io.millrace.operators.kafka;

import org.jspecify.annotations.NullMarked;
