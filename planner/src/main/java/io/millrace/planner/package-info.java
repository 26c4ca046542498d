/** The way from a request to what a coordinator runs or answers. */
@NullMarked
package io.millrace.planner;

import org.jspecify.annotations.NullMarked;
