/** Rows of collections: how they are checked, encoded, kept and filtered. */
@NullMarked
package io.millrace.index.document;

import org.jspecify.annotations.NullMarked;
