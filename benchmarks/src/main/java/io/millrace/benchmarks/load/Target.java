package io.millrace.benchmarks.load;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.MillraceClient;
import java.util.function.LongFunction;

/**
 * Whom a load asks, and what.
 *
 * @param request makes the request of a number; called before the clock starts
 */
public record Target(String name, MillraceClient client, LongFunction<ObjectNode> request) {}
