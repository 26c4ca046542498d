/** Tests of {@code io.millrace.client}. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
