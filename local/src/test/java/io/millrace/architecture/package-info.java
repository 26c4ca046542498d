/** What holds for the whole code. */
@NullMarked
package io.millrace.architecture;

import org.jspecify.annotations.NullMarked;
