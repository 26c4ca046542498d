package io.millrace.protocol.fragment;

import io.millrace.protocol.catalog.ControlOutcome;
import java.util.List;

/**
 * Says that a control record was applied by a planner or by some shards.
 *
 * @param planner whether {@code members} are planner subtasks, else shards
 */
public record ControlApplied(String requestId, boolean planner, List<Integer> members, ControlOutcome outcome)
        implements ShardOutput {
    public ControlApplied {
        members = List.copyOf(members);
    }
}
