package io.millrace.planner.run;

import io.millrace.planner.explain.Measures;
import io.millrace.planner.explain.NodeKind;
import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.fusion.ListFuser;
import io.millrace.planner.fusion.ListFuser.Fused;
import io.millrace.planner.fusion.RankedList;
import io.millrace.planner.plan.Step.CrossStoreSearch;
import io.millrace.planner.plan.Strategy;
import io.millrace.planner.plan.StrategyDecision;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.fragment.PartialResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows nearest to a vector that a pattern binds, or that it does not bind. The strategy decides what is asked
 * first, and never which rows come of it or in which order.
 */
final class CrossStoreTask implements ShardTask {
    /** How much wider each refill of the vector leg is at least, and at most. */
    private static final int GROWTH_MIN = 2;

    private static final int GROWTH_MAX = 8;

    /** Candidates that the vector leg fetches at most. */
    private static final int CANDIDATES_MAX = 100_000;

    /** What the task asks for now. */
    private enum Phase {
        /** The nearest rows. */
        CANDIDATES,
        /** Which of those the pattern binds. */
        JUDGING,
        /** All that the pattern binds. */
        ANCHORS,
        /** The scores of what the pattern binds, or the nearest of the others. */
        SCORES,
        /** All that the pattern binds, for the list by the length of the path. */
        RANKING_ANCHORS,
        /** The rows of that list. */
        RANKING,
        DONE
    }

    private final CrossStoreSearch step;
    private final StrategyDecision decision;
    private final SearchVectors search;
    private final RunLimits limits;
    private final MemoryMeter memory;
    private final @Nullable String excluded;
    private final int wanted;
    private final Map<String, Boolean> verdicts = new HashMap<>();
    private Phase phase = Phase.DONE;
    private CandidateList candidates;
    private AnchorSearch anchors;
    private @Nullable Inquiry current;
    private List<Object[]> qualified = List.of();
    private @Nullable PathRanking ranking;
    private boolean anchorsKnown;
    private boolean bounded;
    private int refills;
    private int judged;
    private int kept;
    private int hops;
    private long vertices;

    /**
     * @param vector what is searched for
     * @param excluded the key of a row that does not qualify, whatever binds it; null for none
     */
    CrossStoreTask(
            CrossStoreSearch step, float[] vector, @Nullable String excluded, RunLimits limits, MemoryMeter memory) {
        this.step = step;
        this.excluded = excluded;
        decision = Objects.requireNonNull(step.decision(), "decided by the planner");
        this.limits = limits;
        this.memory = memory;
        search = step.search().search().withQuery(vector, step.search().search().k());
        wanted = step.window() + (step.capped() && step.fusion() == null ? 1 : 0);
        int first = (int) Math.min(CANDIDATES_MAX, Math.ceil(wanted * decision.overFetch()));
        candidates = new CandidateList(search.withQuery(search.query(), Math.max(first, wanted)), memory);
        anchors = AnchorSearch.all(step.pattern(), step.anchor(), limits, memory);
    }

    private Strategy strategy() {
        return decision.strategy();
    }

    @Override
    public List<Inquiry> legs() {
        return strategy() == Strategy.PARALLEL ? List.of(candidates, anchors) : List.of();
    }

    @Override
    public @Nullable FragmentOperation start() throws StepFailure {
        return switch (strategy()) {
            case VECTOR_FIRST -> ask(Phase.CANDIDATES, candidates);
            case GRAPH_FIRST -> ask(Phase.ANCHORS, anchors);
            case PARALLEL -> joinLegs();
        };
    }

    @Override
    public void add(PartialResult.Rows rows) throws StepFailure {
        Objects.requireNonNull(current, "asked").add(rows);
    }

    @Override
    public @Nullable FragmentOperation next() throws StepFailure {
        FragmentOperation more = Objects.requireNonNull(current, "asked").next();
        return more != null ? more : proceed();
    }

    @Override
    public NodeKind part() {
        boolean graph = switch (phase) {
            case JUDGING, ANCHORS, RANKING_ANCHORS -> true;
            case CANDIDATES, SCORES, RANKING, DONE -> false;
        };
        return graph ? NodeKind.MATCH_TRAVERSAL : NodeKind.VECTOR_SEARCH;
    }

    private @Nullable FragmentOperation ask(Phase next, Inquiry inquiry) throws StepFailure {
        phase = next;
        current = inquiry;
        FragmentOperation first = inquiry.start();
        return first != null ? first : proceed();
    }

    /** Goes on when the inquiry at hand has all it asked for. */
    private @Nullable FragmentOperation proceed() throws StepFailure {
        return switch (phase) {
            case CANDIDATES -> judge();
            case JUDGING -> takeVerdicts((AnchorSearch) Objects.requireNonNull(current));
            case ANCHORS -> scoreAnchors();
            case SCORES -> {
                qualified = candidates.rows();
                yield rank();
            }
            case RANKING_ANCHORS -> rank();
            case RANKING, DONE -> null;
        };
    }

    private @Nullable FragmentOperation judge() throws StepFailure {
        List<String> unknown = new ArrayList<>();
        for (Object[] row : candidates.rows()) {
            String key = row[0].toString();
            if (!verdicts.containsKey(key)) {
                unknown.add(key);
            }
        }
        if (unknown.isEmpty()) {
            return qualify();
        }
        unknown.forEach(key -> verdicts.put(key, false));
        return ask(Phase.JUDGING, AnchorSearch.among(step.pattern(), step.anchor(), unknown, limits, memory));
    }

    private @Nullable FragmentOperation takeVerdicts(AnchorSearch judged) throws StepFailure {
        take(judged);
        judged.anchors().keySet().forEach(vertex -> verdicts.put(vertex.key(), true));
        return qualify();
    }

    /** Keeps the candidates that qualify; where they are too few, more are fetched. */
    private @Nullable FragmentOperation qualify() throws StepFailure {
        keepCandidates();
        int fetched = candidates.limit();
        if (qualified.size() >= wanted || candidates.isExhausted()) {
            return rank();
        }
        if (fetched >= CANDIDATES_MAX) {
            bounded = true;
            return rank();
        }
        refills++;
        double needed = 1.5 * fetched * wanted / Math.max(1, qualified.size());
        double next = Math.min((double) fetched * GROWTH_MAX, Math.max((double) fetched * GROWTH_MIN, needed));
        candidates.free();
        candidates = new CandidateList(
                search.withQuery(search.query(), (int) Math.min(CANDIDATES_MAX, Math.ceil(next))), memory);
        return ask(Phase.CANDIDATES, candidates);
    }

    private void keepCandidates() {
        qualified = candidates.rows().stream()
                .filter(row -> qualifies(row[0].toString()))
                .toList();
        judged = candidates.rows().size();
        kept = qualified.size();
    }

    private boolean qualifies(String key) {
        return !key.equals(excluded) && verdicts.getOrDefault(key, false) != step.negated();
    }

    /** Returns the keys of what the pattern binds: with that of the excluded row for its complement, else without. */
    private List<String> anchorKeys() {
        Set<String> keys = new LinkedHashSet<>();
        anchors.anchors().keySet().forEach(vertex -> keys.add(vertex.key()));
        if (excluded != null && step.negated()) {
            keys.add(excluded);
        } else {
            keys.remove(excluded);
        }
        return List.copyOf(keys);
    }

    /** Joins what both legs found; where too few of the nearest rows qualify, those that do are scored. */
    private @Nullable FragmentOperation joinLegs() throws StepFailure {
        anchorsKnown = true;
        take(anchors);
        anchors.anchors().keySet().forEach(vertex -> verdicts.put(vertex.key(), true));
        keepCandidates();
        return qualified.size() >= wanted || candidates.isExhausted() ? rank() : scoreAnchors();
    }

    private @Nullable FragmentOperation scoreAnchors() throws StepFailure {
        if (!anchorsKnown) {
            anchorsKnown = true;
            take(anchors);
        }
        List<String> keys = anchorKeys();
        if (keys.isEmpty() && !step.negated()) {
            qualified = List.of();
            return null;
        }
        RowKeys among = keys.isEmpty() ? null : new RowKeys(keys, step.negated());
        candidates.free();
        candidates = new CandidateList(search.withQuery(search.query(), wanted).among(among, false), memory);
        return ask(Phase.SCORES, candidates);
    }

    private void take(AnchorSearch done) throws StepFailure {
        if (step.negated()) {
            done.refuseBounded();
        }
        bounded |= done.bounded();
        hops += done.rounds();
        vertices += done.expanded();
    }

    /** Where two lists are joined, makes that by the length of the path. */
    private @Nullable FragmentOperation rank() throws StepFailure {
        Fusion fusion = step.fusion();
        if (fusion == null || step.negated()) {
            phase = Phase.DONE;
            return null;
        }
        if (!anchorsKnown) {
            anchorsKnown = true;
            return ask(Phase.RANKING_ANCHORS, anchors);
        }
        if (phase == Phase.RANKING_ANCHORS) {
            take(anchors);
        }
        SortedMap<Vertex, Integer> ranked = new TreeMap<>(anchors.anchors());
        ranked.keySet().removeIf(vertex -> vertex.key().equals(excluded));
        ranking = new PathRanking(search, ranked, wanted, memory);
        return ask(Phase.RANKING, ranking);
    }

    @Override
    public StepTable finish() throws StepFailure {
        int k = search.k();
        List<Object[]> rows = step.fusion() == null ? qualified : fused(step.fusion());
        List<Object[]> best = rows.size() > k ? rows.subList(0, k) : rows;
        boolean cut = bounded || (step.capped() && rows.size() > k);
        return new StepTable(Rows.table(step.columns(), best, step.search().output(), cut), cut);
    }

    private List<Object[]> fused(Fusion fusion) {
        Map<Object, Object[]> byKey = new HashMap<>();
        List<RankedList.Entry> near = new ArrayList<>();
        for (Object[] row : qualified.subList(0, Math.min(wanted, qualified.size()))) {
            near.add(new RankedList.Entry(row[0], (Double) row[1]));
            byKey.put(row[0], row);
        }
        List<RankedList> lists = new ArrayList<>();
        lists.add(new RankedList(near, search.metric().ascending(), 1));
        if (ranking != null) {
            lists.add(new RankedList(ranking.entries(), true, 1));
            ranking.rows().forEach(row -> byKey.putIfAbsent(row[0], row));
        }
        List<Object[]> rows = new ArrayList<>();
        for (Fused each : new ListFuser(fusion).fuse(lists)) {
            Object[] row = Objects.requireNonNull(byKey.get(each.id())).clone();
            row[1] = each.score();
            rows.add(row);
        }
        return rows;
    }

    @Override
    public Measures measures() {
        return new Measures(
                hops,
                vertices,
                refills,
                strategy() == Strategy.GRAPH_FIRST ? null : (long) judged,
                judged == 0 ? null : (double) kept / judged,
                decision,
                Map.of());
    }

    /** What the pattern binds is known only when every shard has said so. */
    @Override
    public boolean canMissShards() {
        return false;
    }
}
