/** One shard as a whole, and the shards of one subtask. */
@NullMarked
package io.millrace.index.shard;

import org.jspecify.annotations.NullMarked;
