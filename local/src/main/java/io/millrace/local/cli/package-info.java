/** The command line, one class a command. */
@NullMarked
package io.millrace.local.cli;

import org.jspecify.annotations.NullMarked;
