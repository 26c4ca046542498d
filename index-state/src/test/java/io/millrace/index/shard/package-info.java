/** Tests of {@code io.millrace.index.shard}. */
@NullMarked
package io.millrace.index.shard;

import org.jspecify.annotations.NullMarked;
