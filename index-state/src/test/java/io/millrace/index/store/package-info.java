/** Tests of {@code io.millrace.index.store}. */
@NullMarked
package io.millrace.index.store;

import org.jspecify.annotations.NullMarked;
