/** What tests of several packages share. */
@NullMarked
package io.millrace.index;

import org.jspecify.annotations.NullMarked;
