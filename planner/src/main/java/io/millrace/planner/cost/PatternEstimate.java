package io.millrace.planner.cost;

import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.PatternVertex;
import io.millrace.planner.plan.Step.Hop;
import io.millrace.protocol.predicate.Predicate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates what it takes to walk a pattern, and how many rows it binds.
 *
 * @param anchors rows that it binds
 * @param hops rounds of questions for the whole of it
 * @param work vertices and edges that finding all of them reads
 * @param judgingWork the same for judging one row
 * @param scanned rows that are looked at to find where paths begin
 */
record PatternEstimate(double anchors, int hops, double work, double judgingWork, double scanned) {

    /** @return null where nothing is known of a collection that the pattern touches */
    static @Nullable PatternEstimate of(Pattern pattern, int anchor, Statistics statistics) {
        for (Pattern.PatternVertex vertex : pattern.vertices()) {
            for (Label label : vertex.labels()) {
                if (statistics.collection(collectionId(pattern, label)) == null) {
                    return null;
                }
            }
        }
        return new Walker(pattern, anchor, statistics).estimate();
    }

    private static long collectionId(Pattern pattern, Label label) {
        return pattern.collections().get(label.collection()).collectionId();
    }

    /** Walks the pattern by mean degrees. */
    private static final class Walker {
        private final Pattern pattern;
        private final int anchor;
        private final Statistics statistics;

        Walker(Pattern pattern, int anchor, Statistics statistics) {
            this.pattern = pattern;
            this.anchor = anchor;
            this.statistics = statistics;
        }

        PatternEstimate estimate() {
            int last = pattern.vertices().size() - 1;
            Flow fromLeft = new Flow(starts(0), true);
            Flow fromRight = new Flow(starts(last), true);
            double left = fromLeft.total();
            double right = fromRight.total();
            boolean rightFirst = isNamed(last) && !isNamed(0) || isNamed(last) == isNamed(0) && right < left;
            double work = rightFirst ? walk(fromRight, last, 0) : walk(fromLeft, 0, last);
            double bound = rightFirst ? boundFrom(last) : boundFrom(0);
            double rows = rows(anchor);
            double anchors = isOneStep(rightFirst ? last : 0)
                    ? Math.min(rows, bound)
                    : rows <= 0 ? 0 : rows * (1 - Math.exp(-bound / rows));
            int hops = pattern.edges().stream().mapToInt(PatternEdge::most).sum();
            Flow one = new Flow(Map.of(), false);
            pattern.vertices().get(anchor).labels().forEach(label -> one.add(label.collection(), 1));
            double judging = walk(one.copy(), anchor, last) + walk(one.copy(), anchor, 0);
            return new PatternEstimate(Math.min(anchors, bound), hops, work, judging, scanned(rightFirst ? last : 0));
        }

        /** Returns how many paths arrive at the anchor from an end. */
        private double boundFrom(int end) {
            Flow flow = new Flow(starts(end), true);
            walk(flow, end, anchor);
            return flow.total();
        }

        private boolean isNamed(int vertex) {
            return pattern.vertices().get(vertex).labels().stream().allMatch(label -> label.keys() != null);
        }

        /** Returns whether the paths are the edges of one vertex, no two of which lead to the same row but in parallel. */
        private boolean isOneStep(int start) {
            List<String> keys = keysOf(start);
            boolean oneEdge =
                    pattern.edges().size() == 1 && pattern.edges().get(0).most() == 1;
            return keys != null && keys.size() == 1 && oneEdge;
        }

        /** Without keys every row is looked at, or every vertex that has edges. */
        private double scanned(int start) {
            return isNamed(start) ? 0 : rows(start);
        }

        private double rows(int vertex) {
            return pattern.vertices().get(vertex).labels().stream()
                    .mapToDouble(label -> rowsOf(label))
                    .sum();
        }

        private double rowsOf(Label label) {
            CollectionEstimate collection = statistics.collection(collectionId(pattern, label));
            return collection == null ? 0 : collection.rows();
        }

        private Map<Integer, Double> starts(int vertex) {
            Map<Integer, Double> starts = new HashMap<>();
            for (Label label : pattern.vertices().get(vertex).labels()) {
                List<String> keys = label.keys();
                starts.merge(
                        label.collection(), keys != null ? keys.size() : share(label) * rowsOf(label), Double::sum);
            }
            return starts;
        }

        private double share(Label label) {
            return label.filter().equals(Predicate.ALWAYS)
                    ? 1
                    : new Selectivity(statistics.collection(collectionId(pattern, label))).of(label.filter());
        }

        /** Moves the flow from one vertex of the chain to another and returns what is read on the way. */
        private double walk(Flow flow, int from, int to) {
            double work = 0;
            int step = from <= to ? 1 : -1;
            for (int at = from; at != to; at += step) {
                PatternEdge edge = pattern.edges().get(step > 0 ? at : at - 1);
                PatternVertex next = pattern.vertices().get(at + step);
                List<String> keys = at == from && flow.fresh ? keysOf(at) : null;
                Flow arrived = new Flow(Map.of(), false);
                if (edge.least() == 0) {
                    arrived.addAll(flow);
                }
                for (int length = 1; length <= edge.most(); length++) {
                    work += flow.total();
                    flow.move(edge.hops(), step > 0, length == 1 ? keys : null);
                    work += flow.total();
                    if (length >= edge.least()) {
                        arrived.addAll(flow);
                    }
                }
                flow.take(arrived);
                flow.keep(next);
                if (at + step == anchor) {
                    flow.limitTo(rows(anchor));
                }
            }
            return work;
        }

        private @Nullable List<String> keysOf(int vertex) {
            List<String> keys = new ArrayList<>();
            for (Label label : pattern.vertices().get(vertex).labels()) {
                List<String> own = label.keys();
                if (own == null) {
                    return null;
                }
                keys.addAll(own);
            }
            return keys;
        }

        /** How many vertices of each collection a walk stands on. */
        private final class Flow {
            private Map<Integer, Double> byCollection;
            private boolean fresh;

            Flow(Map<Integer, Double> byCollection, boolean fresh) {
                this.byCollection = new HashMap<>(byCollection);
                this.fresh = fresh;
            }

            Flow copy() {
                return new Flow(byCollection, fresh);
            }

            double total() {
                return byCollection.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum();
            }

            void add(int collection, double more) {
                byCollection.merge(collection, more, Double::sum);
            }

            void addAll(Flow other) {
                other.byCollection.forEach(this::add);
            }

            void take(Flow other) {
                byCollection = other.byCollection;
                fresh = false;
            }

            /** @param keys of the vertices that it stands on, where they are known */
            void move(List<Hop> hops, boolean forwards, @Nullable List<String> keys) {
                Map<Integer, Double> moved = new HashMap<>();
                for (Hop hop : hops) {
                    int from = forwards ? hop.lookup().collection() : hop.target();
                    int to = forwards ? hop.target() : hop.lookup().collection();
                    boolean outgoing = hop.lookup().outgoing() == forwards;
                    double here = byCollection.getOrDefault(from, 0.0);
                    moved.merge(to, here * degree(hop, from, outgoing, keys), Double::sum);
                }
                byCollection = moved;
                fresh = false;
            }

            private double degree(Hop hop, int from, boolean outgoing, @Nullable List<String> keys) {
                CollectionEstimate collection =
                        statistics.collection(pattern.collections().get(from).collectionId());
                DegreeEstimate degree = collection == null
                        ? null
                        : collection.degree(hop.lookup().edgeTypeId(), outgoing);
                if (degree == null) {
                    return 0;
                }
                if (keys == null || keys.isEmpty()) {
                    return degree.mean();
                }
                return keys.stream().mapToDouble(degree::of).average().orElse(0);
            }

            void keep(PatternVertex next) {
                Map<Integer, Double> kept = new HashMap<>();
                for (Label label : next.labels()) {
                    double here = byCollection.getOrDefault(label.collection(), 0.0);
                    List<String> keys = label.keys();
                    double share = keys == null ? share(label) : keys.size() / Math.max(1, rowsOf(label));
                    kept.put(label.collection(), here * share);
                }
                byCollection = kept;
            }

            void limitTo(double rows) {
                double total = total();
                if (total > rows && rows > 0) {
                    byCollection.replaceAll((collection, here) -> here * rows / total);
                }
            }
        }
    }
}
