/** The demonstration: a real sample, and the main kinds of request. */
@NullMarked
package io.millrace.local.demo;

import org.jspecify.annotations.NullMarked;
