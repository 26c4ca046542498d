package io.millrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Golden;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.ControlOutcome;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.AggregateFunction;
import io.millrace.protocol.fragment.ControlApplied;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Grouping;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.PartialResult.WaitingFor;
import io.millrace.protocol.fragment.SearchStats;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.fragment.ShardStats;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.fragment.TimeBucket;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.RandomPredicates;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.RandomValues;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments, what shards answer, and the predicates and problems inside. */
class QueryCodecsTest {
    private static final Problem PROBLEM = new Problem(
            ErrorCode.INVALID_OP,
            "unknown op \"scam\"",
            "$.plan.steps[0].op",
            "line 1",
            "mend it",
            List.of("scan", "search"),
            "scan");

    @Test
    void committedBytesOfEveryPredicateStillReadAndAreStillWritten() {
        verify("predicates-v1.hex", predicates(), PredicateCodec::write, PredicateCodec::read);
    }

    @Test
    void committedBytesOfEveryFragmentStillReadAndAreStillWritten() {
        verify("fragments-v2.hex", fragments(), FragmentCodec::write, FragmentCodec::read);
    }

    @Test
    void committedBytesOfEveryShardOutputStillReadAndAreStillWritten() {
        verify("shard-output-v1.hex", outputs(), ShardOutputCodec::write, ShardOutputCodec::read);
    }

    @Test
    void committedBytesOfProblemsStillReadAndAreStillWritten() {
        Map<String, Problem> problems = new LinkedHashMap<>();
        problems.put("full", PROBLEM);
        problems.put("short", Problem.of(ErrorCode.INTERNAL, ""));
        verify("problems-v1.hex", problems, ProblemCodec::write, ProblemCodec::read);
    }

    private static <T> void verify(
            String file, Map<String, T> examples, BiConsumer<T, ValueWriter> write, Function<ValueReader, T> read) {
        Map<String, byte[]> written = new LinkedHashMap<>();
        examples.forEach((name, example) -> written.put(name, bytes(example, write)));
        Golden.verifyBytes(file, written);
        Golden.readBytes(file).forEach((name, bytes) -> {
            ValueReader in = new ValueReader(bytes);
            assertThat(read.apply(in)).as(name).usingRecursiveComparison().isEqualTo(examples.get(name));
            assertThat(in.hasRemaining()).as(name).isFalse();
        });
    }

    private static <T> byte[] bytes(T value, BiConsumer<T, ValueWriter> write) {
        ValueWriter out = new ValueWriter(1);
        write.accept(value, out);
        return out.toBytes();
    }

    private static Map<String, Predicate> predicates() {
        Predicate equal = new Predicate.Compare("year", Comparison.EQ, 1998L);
        Map<String, Predicate> predicates = new LinkedHashMap<>();
        predicates.put("always", Predicate.ALWAYS);
        predicates.put("and", new Predicate.And(List.of(equal, new Predicate.Exists("at", true))));
        predicates.put("or", new Predicate.Or(List.of(equal, Predicate.ALWAYS)));
        predicates.put("not", new Predicate.Not(equal));
        for (Comparison comparison : Comparison.values()) {
            predicates.put("compare-" + comparison, new Predicate.Compare("f", comparison, 0.5));
            predicates.put("fields-" + comparison, new Predicate.CompareFields("f", comparison, "g"));
        }
        predicates.put("in", new Predicate.In("title", List.of("a", true, 2L)));
        predicates.put("contains", new Predicate.Contains("tags", "x"));
        predicates.put("starts-with", new Predicate.StartsWith("title", "\u00fc"));
        predicates.put("like", new Predicate.Like("title", "%a_\\%"));
        predicates.put("exists", new Predicate.Exists("title", false));
        return predicates;
    }

    private static Map<String, Fragment> fragments() {
        DocumentSelection some = new DocumentSelection(
                7, 8L, new TimeRange(-1, 99), new Predicate.Compare("year", Comparison.GT, 1990L));
        DocumentSelection all = new DocumentSelection(7, null, null, Predicate.ALWAYS);
        Map<String, Fragment> fragments = new LinkedHashMap<>();
        put(
                fragments,
                "scan",
                new FragmentOperation.ScanDocuments(
                        some, List.of("title", "@timestamp"), List.of(new SortKey("year", true)), 100_000));
        put(fragments, "fetch", new FragmentOperation.FetchDocuments(7, List.of("a", "b|c"), List.of("title")));
        for (Metric metric : Metric.values()) {
            put(
                    fragments,
                    "search-" + metric,
                    new FragmentOperation.SearchVectors(
                            metric == Metric.L2 ? all : some,
                            "v",
                            metric == Metric.L2 ? null : 12L,
                            metric,
                            new float[] {0.5f, -1},
                            10,
                            List.of("title"),
                            metric == Metric.IP,
                            128,
                            4.0));
        }
        put(
                fragments,
                "expand",
                new FragmentOperation.ExpandVertices(
                        List.of(new FragmentOperation.Vertex(0, "p1"), new FragmentOperation.Vertex(1, "")),
                        List.of(
                                new FragmentOperation.EdgeLookup(0, 9, true),
                                new FragmentOperation.EdgeLookup(1, 9, false)),
                        Predicate.ALWAYS,
                        null,
                        1_000));
        put(fragments, "index-status", new FragmentOperation.ReadIndexStatus(12L));
        put(fragments, "index-status-of-all", new FragmentOperation.ReadIndexStatus(null));
        put(
                fragments,
                "aggregate",
                new FragmentOperation.AggregateDocuments(
                        some,
                        List.of(
                                new Grouping(
                                        List.of(
                                                new Grouping.Key("title", null),
                                                new Grouping.Key("@timestamp", TimeBucket.WEEK)),
                                        List.of(
                                                new Grouping.Metric(AggregateFunction.COUNT, null, false),
                                                new Grouping.Metric(AggregateFunction.SUM, "year", true))),
                                new Grouping(List.of(), List.of())),
                        1L << 40));
        put(
                fragments,
                "aggregate-filtered",
                new FragmentOperation.AggregateDocuments(
                        DocumentSelection.all(7),
                        List.of(
                                new Grouping(List.of(), List.of(), new Predicate.Compare("year", Comparison.GT, 1990L)),
                                new Grouping(List.of(), List.of())),
                        9));
        put(fragments, "statistics", new FragmentOperation.ReadStatistics(List.of(7L, 8L)));
        put(
                fragments,
                "count-edges",
                new FragmentOperation.CountEdges(
                        List.of("p1", ""), List.of(new FragmentOperation.EdgeLookup(0, 9, true))));
        put(
                fragments,
                "top-degrees",
                new FragmentOperation.TopDegrees(
                        7,
                        List.of(
                                new FragmentOperation.EdgeLookup(0, 9, true),
                                new FragmentOperation.EdgeLookup(0, 9, false)),
                        100));
        put(
                fragments,
                "expand-edges",
                new FragmentOperation.ExpandEdges(
                        List.of(new FragmentOperation.Vertex(1, "p1")),
                        List.of(new FragmentOperation.EdgeLookup(1, 9, false)),
                        new Predicate.Compare("since", Comparison.GT, 3L),
                        List.of("since", "weight"),
                        1_000));
        put(
                fragments,
                "scan-vertices",
                new FragmentOperation.ScanVertices(List.of(new FragmentOperation.EdgeLookup(0, 9, true)), 100_000));
        put(fragments, "clusters", new FragmentOperation.ReadClusters(12));
        put(fragments, "cluster-members", members(List.of("p1", "p2"), 5));
        put(fragments, "cluster-members-of-all", members(null, 100_000));
        return fragments;
    }

    private static FragmentOperation members(@Nullable List<String> keys, int limit) {
        return new FragmentOperation.ReadClusterMembers(
                12,
                keys,
                List.of(new FragmentOperation.ClusterPlace(0, 3, 1), new FragmentOperation.ClusterPlace(2, 300, 0)),
                List.of(new float[] {1, -0.5f}, new float[] {0, 2}),
                List.of(7L, 5L),
                new Predicate.Compare("cluster", Comparison.EQ, 1L),
                List.of(new SortKey("distance", true)),
                limit);
    }

    private static void put(Map<String, Fragment> fragments, String name, FragmentOperation operation) {
        OffsetToken token = name.equals("scan")
                ? new OffsetToken(Map.of("millrace.events-1", 5L, "millrace.events-0", Long.MAX_VALUE))
                : OffsetToken.NONE;
        fragments.put(name, new Fragment("r-1", 2, 3, 4, 107, 1_700_000_060_000L, token, operation));
    }

    private static Map<String, ShardOutput> outputs() {
        List<ShardCertificate> certificates = List.of(
                new ShardCertificate(
                        0, List.of(new SourceProgress("e-0", 10, 12, 99)), 2, FreshnessMode.REBUILD_ONLY, 3, 4),
                new ShardCertificate(2, List.of(), 0, null, 0, 0));
        List<Object[]> rows = new ArrayList<>();
        rows.add(new @Nullable Object[] {"p1", 0.5, null, 3L});
        rows.add(new @Nullable Object[] {"p2", -0.0, new JsonText("{}"), new float[] {1}});
        Map<String, PartialResult> results = new LinkedHashMap<>();
        results.put("rows", new PartialResult.Rows(rows, true, new FragmentStats(1, 2, 3, 4, "EXACT", "no_index")));
        results.put(
                "searched-rows",
                new PartialResult.Rows(
                        rows,
                        false,
                        new FragmentStats(
                                1,
                                2,
                                3,
                                4,
                                "EXACT",
                                "filter",
                                List.of(
                                        new SearchStats(
                                                0, "ANN", null, "hnsw", "in_graph", 100, 40, 0, 38, 900, 120, false),
                                        new SearchStats(
                                                1, "EXACT", "filter", null, "post_filter", 0, 0, 2, 9_000, 0, 0, true)),
                                List.of(new ShardStats(0, 38, 5), new ShardStats(1, -1, 6)))));
        results.put("no-rows", new PartialResult.Rows(List.of(), false, FragmentStats.NONE));
        results.put("failed", new PartialResult.Failed(List.of(PROBLEM)));
        results.put("part", new PartialResult.Part(3, rows));
        results.put("waiting", new PartialResult.Waiting(new OffsetToken(Map.of("e-0", 4L)), WaitingFor.OFFSETS));
        results.put("waiting-texts", new PartialResult.Waiting(OffsetToken.NONE, WaitingFor.TEXTS));
        results.put("waiting-build", new PartialResult.Waiting(OffsetToken.NONE, WaitingFor.BUILD));
        Map<String, ShardOutput> outputs = new LinkedHashMap<>();
        results.forEach(
                (name, result) -> outputs.put(name, new Partial("r-1", 1, 0, 2, List.of(0, 2), certificates, result)));
        outputs.put("applied", new ControlApplied("r-1", true, List.of(0), new ControlOutcome(107, true, null)));
        outputs.put(
                "refused", new ControlApplied("r-1", false, List.of(0, 200), new ControlOutcome(9, false, PROBLEM)));
        return outputs;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyPredicateComesBackAsItWasWritten(long seed) {
        RandomPredicates random = new RandomPredicates(seed);
        for (int i = 0; i < 500; i++) {
            Predicate predicate = random.next(4);
            ValueReader in = new ValueReader(bytes(predicate, PredicateCodec::write));
            assertThat(PredicateCodec.read(in)).isEqualTo(predicate);
            assertThat(in.hasRemaining()).isFalse();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void everyTableOfRowsComesBackAsItWasWritten(long seed) {
        RandomValues random = new RandomValues(seed);
        for (int width = 1; width < 6; width++) {
            List<Object[]> rows = new ArrayList<>();
            for (int r = 0; r < 50; r++) {
                @Nullable Object[] row = new @Nullable Object[width];
                for (int c = 0; c < width; c++) {
                    row[c] = random.next();
                }
                rows.add(row);
            }
            ShardOutput output = new Partial(
                    "r", 1, 0, 0, List.of(1), List.of(), new PartialResult.Rows(rows, false, FragmentStats.NONE));
            ShardOutput read = ShardOutputCodec.read(new ValueReader(bytes(output, ShardOutputCodec::write)));

            List<Object[]> readRows = ((PartialResult.Rows) ((Partial) read).result()).rows();
            assertThat(Arrays.deepEquals(readRows.toArray(), rows.toArray())).isTrue();
        }
    }

    @Test
    void bytesOfAnUnknownVersionOrKindAreRefused() {
        assertThatThrownBy(() -> FragmentCodec.read(new ValueReader(new byte[] {99})))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ShardOutputCodec.read(new ValueReader(new byte[] {2})))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PredicateCodec.read(new ValueReader(new byte[] {10})))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tokenOfBothPositionsDemandsTheLargerOffset() {
        OffsetToken both =
                new OffsetToken(Map.of("e-0", 4L, "e-1", 9L)).and(new OffsetToken(Map.of("e-0", 7L, "e-2", 1L)));

        assertThat(both).isEqualTo(new OffsetToken(Map.of("e-0", 7L, "e-1", 9L, "e-2", 1L)));
        assertThat(OffsetToken.NONE.isEmpty()).isTrue();
        assertThatThrownBy(() -> new OffsetToken(Map.of("e-0", -1L))).isInstanceOf(IllegalArgumentException.class);
    }
}
