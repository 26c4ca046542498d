/** Tests of {@code io.millrace.operators.query}. */
@NullMarked
package io.millrace.operators.query;

import org.jspecify.annotations.NullMarked;
