/** all-MiniLM-L6-v2 in this process. */
@NullMarked
package io.millrace.inference.minilm;

import org.jspecify.annotations.NullMarked;
