/** Joins ranked lists into one. */
@NullMarked
package io.millrace.planner.fusion;

import org.jspecify.annotations.NullMarked;
