/** Models behind small ports: embedders and chat models, in process or over HTTP. */
@NullMarked
package io.millrace.inference;

import org.jspecify.annotations.NullMarked;
