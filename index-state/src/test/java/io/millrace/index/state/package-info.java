/** Tests of {@code io.millrace.index.state}. */
@NullMarked
package io.millrace.index.state;

import org.jspecify.annotations.NullMarked;
