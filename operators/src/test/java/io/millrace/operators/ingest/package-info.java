/** Tests of {@code io.millrace.operators.ingest}. */
@NullMarked
package io.millrace.operators.ingest;

import org.jspecify.annotations.NullMarked;
