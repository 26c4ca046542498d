/** What a coordinator does with one request, without Flink, clock or threads. */
@NullMarked
package io.millrace.planner.run;

import org.jspecify.annotations.NullMarked;
