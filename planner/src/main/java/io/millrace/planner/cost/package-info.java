/** What is known of the data, and which way through it is the cheapest. */
@NullMarked
package io.millrace.planner.cost;

import org.jspecify.annotations.NullMarked;
