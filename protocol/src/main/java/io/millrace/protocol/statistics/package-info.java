/** What shards tell planners of their rows and edges, and of what work costs. */
@NullMarked
package io.millrace.protocol.statistics;

import org.jspecify.annotations.NullMarked;
