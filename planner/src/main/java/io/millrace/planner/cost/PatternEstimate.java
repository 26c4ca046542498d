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

/** Estimates what it takes to walk a pattern, and how many rows it binds. */
final class PatternEstimate {
    private final Walker walker;
    private final double anchors;
    private final double work;
    private final double scanned;
    private final int hops;

    private PatternEstimate(Pattern pattern, int anchor, Statistics statistics) {
        walker = new Walker(pattern, anchor, statistics);
        int start = walker.start();
        anchors = walker.bound(start);
        work = walker.work(start);
        scanned = walker.scanned(start);
        hops = pattern.edges().stream().mapToInt(PatternEdge::most).sum();
    }

    /** @return null where nothing is known of a collection that the pattern touches */
    static @Nullable PatternEstimate of(Pattern pattern, int anchor, Statistics statistics) {
        for (Pattern.PatternVertex vertex : pattern.vertices()) {
            for (Label label : vertex.labels()) {
                if (statistics.collection(collectionId(pattern, label)) == null) {
                    return null;
                }
            }
        }
        return new PatternEstimate(pattern, anchor, statistics);
    }

    private static long collectionId(Pattern pattern, Label label) {
        return pattern.collections().get(label.collection()).collectionId();
    }

    /** Returns how many rows it binds. */
    double anchors() {
        return anchors;
    }

    /** Returns how often shards are asked for edges. */
    int hops() {
        return hops;
    }

    /** Returns how many vertices and edges finding all of them reads. */
    double work() {
        return work;
    }

    /** Returns how many vertices and edges judging so many rows reads. */
    double judgingWork(double rows) {
        return walker.judgingWork(rows);
    }

    /** Returns how many rows are looked at to find where paths begin. */
    double scanned() {
        return scanned;
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

        /** Returns the end that paths are followed from. */
        int start() {
            int last = pattern.vertices().size() - 1;
            boolean isRightFirst = isNamed(last) == isNamed(0)
                    ? starts(last).total() < starts(0).total()
                    : isNamed(last);
            return isRightFirst ? last : 0;
        }

        /** Returns how many vertices paths have at the anchor. */
        double bound(int start) {
            Flow flow = starts(start);
            walk(flow, start, anchor);
            return Math.min(flow.total(), rows(anchor));
        }

        double work(int start) {
            return walk(starts(start), start, pattern.vertices().size() - 1 - start);
        }

        double judgingWork(double rows) {
            double work = 0;
            double all = rows(anchor);
            for (int end : new int[] {0, pattern.vertices().size() - 1}) {
                Flow flow = new Flow(Map.of());
                pattern.vertices()
                        .get(anchor)
                        .labels()
                        .forEach(label -> flow.add(label.collection(), all <= 0 ? rows : rows * rowsOf(label) / all));
                work += walk(flow, anchor, end);
            }
            return work;
        }

        private boolean isNamed(int vertex) {
            return pattern.vertices().get(vertex).labels().stream().allMatch(label -> label.keys() != null);
        }

        /** Without keys every row is looked at, or every vertex that has edges. */
        double scanned(int start) {
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

        private Flow starts(int vertex) {
            Flow starts = new Flow(Map.of());
            starts.keys = keysOf(vertex);
            for (Label label : pattern.vertices().get(vertex).labels()) {
                List<String> keys = label.keys();
                starts.add(label.collection(), keys != null ? keys.size() : share(label) * rowsOf(label));
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
                Flow arrived = new Flow(Map.of());
                if (edge.least() == 0) {
                    arrived.addAll(flow);
                }
                for (int length = 1; length <= edge.most(); length++) {
                    work += flow.total() + flow.move(edge.hops(), step > 0);
                    if (length >= edge.least()) {
                        arrived.addAll(flow);
                    }
                }
                flow.take(arrived);
                flow.keep(next);
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

        /** How many vertices of each collection a walk stands on: each is walked on from once. */
        private final class Flow {
            private Map<Integer, Double> byCollection;

            /** Of the vertices, where they are known. */
            private @Nullable List<String> keys;

            Flow(Map<Integer, Double> byCollection) {
                this.byCollection = new HashMap<>(byCollection);
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
            }

            /** Returns how many edges it goes along. */
            double move(List<Hop> hops, boolean forwards) {
                Map<Integer, Double> moved = new HashMap<>();
                double edges = 0;
                for (Hop hop : hops) {
                    int from = forwards ? hop.lookup().collection() : hop.target();
                    int to = forwards ? hop.target() : hop.lookup().collection();
                    boolean outgoing = hop.lookup().outgoing() == forwards;
                    double drawn = byCollection.getOrDefault(from, 0.0) * degree(hop, from, outgoing);
                    edges += drawn;
                    moved.merge(to, reached(hop, to, !outgoing, drawn), Double::sum);
                }
                byCollection = moved;
                keys = null;
                return edges;
            }

            private double degree(Hop hop, int from, boolean outgoing) {
                DegreeEstimate degree = degrees(hop, from, outgoing);
                if (degree == null) {
                    return 0;
                }
                if (keys == null || keys.isEmpty()) {
                    return degree.mean();
                }
                return keys.stream().mapToDouble(degree::of).average().orElse(0);
            }

            /** The edges of one vertex lead to as many others, but for those in parallel. */
            private double reached(Hop hop, int to, boolean outgoing, double drawn) {
                if (keys != null && keys.size() == 1) {
                    return drawn;
                }
                DegreeEstimate degree = degrees(hop, to, outgoing);
                return degree == null ? drawn : degree.reached(drawn);
            }

            private @Nullable DegreeEstimate degrees(Hop hop, int collection, boolean outgoing) {
                CollectionEstimate estimate = statistics.collection(
                        pattern.collections().get(collection).collectionId());
                return estimate == null ? null : estimate.degree(hop.lookup().edgeTypeId(), outgoing);
            }

            /** Keeps those that are meant of a place of the pattern. */
            void keep(PatternVertex next) {
                Map<Integer, Double> kept = new HashMap<>();
                for (Label label : next.labels()) {
                    double rows = rowsOf(label);
                    double here = Math.min(rows, byCollection.getOrDefault(label.collection(), 0.0));
                    List<String> named = label.keys();
                    double share = named == null ? share(label) : named.size() / Math.max(1, rows);
                    kept.put(label.collection(), here * share);
                }
                byCollection = kept;
            }
        }
    }
}
