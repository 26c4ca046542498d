package io.millrace.planner.plan;

import io.millrace.protocol.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done for a request: everything that a coordinator needs, resolved against one version of the catalog.
 *
 * @param id as the sender named it; null for none
 * @param steps in the sender's order; dependencies may point either way but form no cycle
 * @param warnings what is odd but does not keep the plan from running
 */
public record Plan(
        @Nullable String id, List<Step> steps, List<Render> renders, List<Problem> warnings, PlanSource source) {
    public Plan(@Nullable String id, List<Step> steps, List<Render> renders, List<Problem> warnings) {
        this(id, steps, renders, warnings, PlanSource.REQUEST);
    }

    /** Returns the same plan, from elsewhere. */
    public Plan from(PlanSource newSource) {
        return new Plan(id, steps, renders, warnings, newSource);
    }

    public Plan {
        steps = List.copyOf(steps);
        renders = List.copyOf(renders);
        warnings = List.copyOf(warnings);
    }

    /** Returns for each step whether no other step depends on it. */
    public boolean[] lastSteps() {
        boolean[] last = new boolean[steps.size()];
        java.util.Arrays.fill(last, true);
        steps.forEach(step -> step.dependencies().forEach(dependency -> last[dependency] = false));
        return last;
    }

    /** Returns places of the steps whose rows are part of the answer, in the order of the plan. */
    public List<Integer> answered(boolean all) {
        boolean[] wanted = lastSteps();
        renders.forEach(render -> wanted[render.step()] = true);
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < wanted.length; i++) {
            if (all || wanted[i]) {
                places.add(i);
            }
        }
        return places;
    }
}
