/** Tests of {@code io.millrace.index.vector}. */
@NullMarked
package io.millrace.index.vector;

import org.jspecify.annotations.NullMarked;
