/** Changes to documents and edges, as they travel from the routers to the shards. */
@NullMarked
package io.millrace.protocol.mutation;

import org.jspecify.annotations.NullMarked;
