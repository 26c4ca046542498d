package io.millrace.protocol.fragment;

import io.millrace.protocol.OffsetToken;

/**
 * A question to every shard.
 *
 * @param attempt counts the starts of the request, from 1: answers to older attempts are dropped
 * @param step place of the step in the plan
 * @param round counts the questions of one step, from 0: a traversal asks once a hop
 * @param catalogVersion the shard must have at least this catalog version before it runs the fragment
 * @param deadlineMs epoch ms; a fragment found expired is not run
 * @param minOffsets the shard must have applied this much before it runs the fragment
 */
public record Fragment(
        String requestId,
        int attempt,
        int step,
        int round,
        long catalogVersion,
        long deadlineMs,
        OffsetToken minOffsets,
        FragmentOperation operation) {}
