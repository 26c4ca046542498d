/** Plans for questions, made by a model and checked like any other plan. */
@NullMarked
package io.millrace.planner.generate;

import org.jspecify.annotations.NullMarked;
