/** One codec a topic: JSON outside the job, versioned binary inside it. */
@NullMarked
package io.millrace.protocol.codec;

import org.jspecify.annotations.NullMarked;
