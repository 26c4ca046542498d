package io.millrace.planner.rule;

import io.millrace.planner.cost.StrategyChoice;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import java.util.List;

/** Decides for every search across vectors and graph by which strategy it runs. */
public final class StrategyRule {
    private StrategyRule() {}

    public static Plan apply(Plan plan, StrategyChoice choice) {
        List<Step> steps = plan.steps().stream()
                .map(step -> step instanceof CrossStoreSearch search ? choice.decide(search) : step)
                .toList();
        return new Plan(plan.id(), steps, plan.renders(), plan.warnings(), plan.source());
    }
}
