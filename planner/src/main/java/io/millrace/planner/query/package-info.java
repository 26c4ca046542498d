/** Statements that ask for rows: SELECT and MATCH become the same plans that JSON plans become. */
@NullMarked
package io.millrace.planner.query;

import org.jspecify.annotations.NullMarked;
