/** Talks to a running Millrace over Kafka: sends events, asks requests, waits for answers. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
