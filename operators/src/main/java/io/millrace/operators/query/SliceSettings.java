package io.millrace.operators.query;

import java.io.Serializable;

/**
 * How long work of fragments shares a thread with everybody else.
 *
 * @param sliceNanos how long a fragment may hold the thread of its shards at a time
 * @param pauseMs how long it rests behind that while fragments of others come; 0 for not at all
 */
public record SliceSettings(long sliceNanos, long pauseMs) implements Serializable {}
