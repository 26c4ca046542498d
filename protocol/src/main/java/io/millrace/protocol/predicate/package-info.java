/** Conditions over the fields of a row, shared by plans, statements and shards. */
@NullMarked
package io.millrace.protocol.predicate;

import org.jspecify.annotations.NullMarked;
