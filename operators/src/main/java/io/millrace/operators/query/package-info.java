/** From requests to plans, fragments, partials and responses. */
@NullMarked
package io.millrace.operators.query;

import org.jspecify.annotations.NullMarked;
