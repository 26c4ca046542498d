/** From a JSON plan to a resolved one, or to everything that is wrong with it. */
@NullMarked
package io.millrace.planner.parse;

import org.jspecify.annotations.NullMarked;
