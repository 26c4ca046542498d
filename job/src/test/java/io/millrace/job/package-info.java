/** Tests of {@code io.millrace.job}. */
@NullMarked
package io.millrace.job;

import org.jspecify.annotations.NullMarked;
