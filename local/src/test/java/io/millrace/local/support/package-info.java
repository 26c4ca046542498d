/** What the integration tests share. */
@NullMarked
package io.millrace.local.support;

import org.jspecify.annotations.NullMarked;
