/** What the tests of operators share: a harness, a catalog, requests. */
@NullMarked
package io.millrace.operators.support;

import org.jspecify.annotations.NullMarked;
