/** Plans that are kept for questions. */
@NullMarked
package io.millrace.planner.cache;

import org.jspecify.annotations.NullMarked;
