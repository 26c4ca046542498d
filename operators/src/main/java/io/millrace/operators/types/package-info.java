/** What travels between operators, and its versioned binary form. */
@NullMarked
package io.millrace.operators.types;

import org.jspecify.annotations.NullMarked;
