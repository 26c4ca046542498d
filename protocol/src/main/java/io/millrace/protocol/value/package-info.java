/** The types a field can have, and the binary form of a value inside the job. */
@NullMarked
package io.millrace.protocol.value;

import org.jspecify.annotations.NullMarked;
