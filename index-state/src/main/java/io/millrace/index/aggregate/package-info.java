/** Groups of rows, made where the rows are. */
@NullMarked
package io.millrace.index.aggregate;

import org.jspecify.annotations.NullMarked;
