package io.millrace.planner.explain;

import io.millrace.planner.plan.StrategyDecision;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step noted while it ran, beside what shards measure. Whatever is null was no question of the step.
 *
 * @param hops rounds in which edges were followed
 * @param vertices whose edges were read
 * @param refills how often the step asked for more because too few rows qualified
 * @param candidates rows that were looked at before they qualified or not
 * @param selectivity share of the candidates that qualified, 0..1
 * @param executed the strategy that ran
 * @param rowsOut rows that the named parts of the step gave
 */
public record Measures(
        @Nullable Integer hops,
        @Nullable Long vertices,
        @Nullable Integer refills,
        @Nullable Long candidates,
        @Nullable Double selectivity,
        @Nullable StrategyDecision executed,
        Map<NodeKind, Long> rowsOut) {
    public static final Measures NONE = new Measures(null, null, null, null, null, null, Map.of());

    public Measures {
        rowsOut = Map.copyOf(rowsOut);
    }

    public static Measures walked(int hops, long vertices) {
        return new Measures(hops, vertices, null, null, null, null, Map.of());
    }

    public static Measures refilled(int refills) {
        return new Measures(null, null, refills, null, null, null, Map.of());
    }

    /** Returns what the parts of a step gave, in rows. */
    public static Measures rows(Map<NodeKind, Long> rowsOut) {
        return new Measures(null, null, null, null, null, null, rowsOut);
    }

    Facts facts() {
        Facts facts = new Facts();
        if (hops != null) {
            facts.put("hops", hops);
        }
        if (vertices != null) {
            facts.put("vertices_expanded", vertices);
        }
        if (refills != null) {
            facts.put("refills", refills);
        }
        if (candidates != null) {
            facts.put("candidates", candidates);
        }
        if (selectivity != null) {
            facts.put("selectivity", selectivity);
        }
        return facts;
    }
}
