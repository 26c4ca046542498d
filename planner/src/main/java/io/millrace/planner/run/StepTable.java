package io.millrace.planner.run;

import io.millrace.protocol.ResultTable;

/**
 * The rows of a step that has ended.
 *
 * @param bounded whether rows are missing by a bound that nobody asked for: an aggregate over them would be wrong
 */
record StepTable(ResultTable table, boolean bounded) {}
