/** Requests, responses and the errors they carry: what users of Millrace see on the topics. */
@NullMarked
package io.millrace.protocol;

import org.jspecify.annotations.NullMarked;
