/** Tests of {@code io.millrace.operators.types}. */
@NullMarked
package io.millrace.operators.types;

import org.jspecify.annotations.NullMarked;
