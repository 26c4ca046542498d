/** What a coordinator asks of the shards, and what they answer. */
@NullMarked
package io.millrace.protocol.fragment;

import org.jspecify.annotations.NullMarked;
