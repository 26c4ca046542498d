/** Patterns of statements: names resolved, collections inferred, properties typed. */
@NullMarked
package io.millrace.planner.pattern;

import org.jspecify.annotations.NullMarked;
