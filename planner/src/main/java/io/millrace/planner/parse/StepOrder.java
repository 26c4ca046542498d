package io.millrace.planner.parse;

import io.millrace.planner.parse.StepDraft.Reference;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps so that each comes behind those it depends on. Those on a cycle come too, in some order: they cannot be resolved,
 * but what else is wrong with them is worth knowing.
 */
record StepOrder(List<StepDraft> sorted, List<Problem> cycles) {
    static StepOrder of(List<StepDraft> drafts) {
        Walk walk = new Walk(drafts);
        drafts.forEach(walk::visit);
        return new StepOrder(walk.sorted, walk.cycles);
    }

    /** Depth first, so that the path to a step is at hand when it closes a cycle. */
    private static final class Walk {
        final List<StepDraft> sorted = new ArrayList<>();
        final List<Problem> cycles = new ArrayList<>();
        private final Map<String, StepDraft> byId = new HashMap<>();
        private final List<StepDraft> visited = new ArrayList<>();
        private final List<String> path = new ArrayList<>();

        Walk(List<StepDraft> drafts) {
            drafts.forEach(draft -> byId.putIfAbsent(draft.id(), draft));
        }

        void visit(StepDraft draft) {
            if (contains(draft)) {
                return;
            }
            visited.add(draft);
            path.add(draft.id());
            for (Reference reference : draft.dependencies()) {
                StepDraft other = byId.get(reference.step());
                if (other != null && path.contains(other.id())) {
                    addCycle(other.id(), reference);
                } else if (other != null) {
                    visit(other);
                }
            }
            path.remove(path.size() - 1);
            sorted.add(draft);
        }

        private boolean contains(StepDraft draft) {
            return visited.stream().anyMatch(each -> each == draft);
        }

        private void addCycle(String start, Reference reference) {
            List<String> cycle = new ArrayList<>(path.subList(path.indexOf(start), path.size()));
            cycle.add(start);
            String printed = String.join(" → ", cycle);
            Problem problem = Problem.at(ErrorCode.INVALID_CYCLE, reference.path(), "steps form a cycle: " + printed);
            if (cycles.stream().noneMatch(each -> each.message().equals(problem.message()))) {
                cycles.add(problem);
            }
        }
    }
}
