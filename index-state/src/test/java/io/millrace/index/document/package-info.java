/** Tests of {@code io.millrace.index.document}. */
@NullMarked
package io.millrace.index.document;

import org.jspecify.annotations.NullMarked;
