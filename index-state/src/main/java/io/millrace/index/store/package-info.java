/** The small storage port of a shard, and an implementation on the heap. */
@NullMarked
package io.millrace.index.store;

import org.jspecify.annotations.NullMarked;
