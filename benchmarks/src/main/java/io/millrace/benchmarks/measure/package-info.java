/** Arithmetic of measurements, and how figures are printed. */
@NullMarked
package io.millrace.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
