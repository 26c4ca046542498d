/** The storage port on Flink's keyed state: the only package here that knows Flink. */
@NullMarked
package io.millrace.index.state;

import org.jspecify.annotations.NullMarked;
