@NullMarked
package io.millrace.index.cluster;

import org.jspecify.annotations.NullMarked;
