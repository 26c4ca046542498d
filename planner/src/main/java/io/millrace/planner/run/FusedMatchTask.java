package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.plan.PatternFilter;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.PartialResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a pattern binds; then the lists of several vectors are made of these rows, or of the others. */
final class FusedMatchTask implements ShardTask {
    private final FusedSearch step;
    private final PatternFilter match;
    private final AnchorSearch anchors;
    private final MemoryMeter memory;

    FusedMatchTask(FusedSearch step, PatternFilter match, RunLimits limits, MemoryMeter memory) {
        this.step = step;
        this.match = match;
        this.memory = memory;
        anchors = AnchorSearch.all(match.pattern(), match.anchor(), limits, memory);
    }

    @Override
    public NodeKind part() {
        return NodeKind.MATCH_TRAVERSAL;
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return anchors.start();
    }

    @Override
    public void add(PartialResult.Rows rows) throws StepFailure {
        anchors.add(rows);
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        return anchors.next();
    }

    @Override
    public ShardTask successor() throws StepFailure {
        if (match.negated()) {
            anchors.refuseBounded();
        }
        List<String> keys = anchors.anchors().keySet().stream().map(Vertex::key).toList();
        Measures walked = Measures.walked(anchors.rounds(), anchors.expanded());
        return FusedTask.among(step, new RowKeys(keys, match.negated()), anchors.bounded(), walked, memory);
    }

    @Override
    public StepTable finish() {
        throw new IllegalStateException("the lists give the rows");
    }

    /** What the pattern binds is known only when every shard has said so. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
