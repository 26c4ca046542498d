package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.fusion.Fusion;
import io.millrace.planner.fusion.ListFuser;
import io.millrace.planner.fusion.RankedList;
import io.millrace.planner.plan.OrderKey;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.Reading.MembersGiven;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.FusedSearch;
import io.millrace.planner.plan.Step.RankedSearch;
import io.millrace.planner.plan.Step.VectorSearch;
import io.millrace.planner.plan.StepHead;
import io.millrace.protocol.ExplainLevel;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation.RowKeys;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches with an order among equal scores, among given rows, for the farthest, and by several vectors. */
class RankedSearchTest {
    private static final int ROWS = 300;
    private static final int DIMENSION = 3;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 30);
    }

    /** Rows on a grid, so that many are equally far from anything. */
    private static final class Rows {
        final Random random;
        final OneThreadJob job;
        final float[][] vectors = new float[ROWS][DIMENSION];
        final long[] year = new long[ROWS];
        final Metric metric;
        final String engine;

        Rows(long seed) {
            random = new Random(seed);
            metric = Metric.values()[random.nextInt(Metric.values().length)];
            job = new OneThreadJob(1 + random.nextInt(4), 0);
            job.run("CREATE COLLECTION docs (id INT PRIMARY KEY, year INT, v VECTOR(" + DIMENSION + "))");
            engine = List.of("hnsw", "flat", "hnswlib").get(random.nextInt(3));
            job.run("CREATE VECTOR INDEX docs_v ON docs(v) USING " + engine + " WITH (metric = '" + metric + "')");
            for (int id = 0; id < ROWS; id++) {
                year[id] = 2000 + random.nextInt(4);
                vectors[id] = query();
                double[] wide = {vectors[id][0], vectors[id][1], vectors[id][2]};
                job.upsert("docs", Integer.toString(id), Map.of("year", year[id], "v", wide));
            }
        }

        /** Of one length under cosine, so that equal angles are equal to the last bit. */
        float[] query() {
            float[] query = new float[DIMENSION];
            int first = random.nextInt(3);
            int step = 1 + random.nextInt(2);
            for (int d = 0; d < DIMENSION; d++) {
                query[d] = 1 + (metric == Metric.COSINE ? (first + d * step) % 3 : random.nextInt(3));
            }
            return query;
        }

        VectorSearch search(float[] query, int k, boolean exact, Predicate filter) {
            SearchVectors search = new SearchVectors(
                    new DocumentSelection(
                            job.catalog().collection("docs").orElseThrow().id(), null, null, filter),
                    "v",
                    job.catalog().vectorIndex("docs_v").orElseThrow().id(),
                    metric,
                    query,
                    k,
                    List.of("year"),
                    exact,
                    2 * ROWS,
                    2);
            List<Column> columns = List.of(
                    new Column("id", ValueType.INT),
                    new Column("score", ValueType.DOUBLE),
                    new Column("year", ValueType.INT));
            return new VectorSearch(
                    new StepHead("s", List.of(), 30_000, columns),
                    "docs",
                    "docs_v",
                    null,
                    search,
                    null,
                    List.of(0, 1, 2));
        }

        double score(float[] query, int id) {
            double dot = 0;
            double square = 0;
            double own = 0;
            double other = 0;
            for (int d = 0; d < DIMENSION; d++) {
                dot += (double) query[d] * vectors[id][d];
                square += Math.pow((double) query[d] - vectors[id][d], 2);
                own += (double) query[d] * query[d];
                other += (double) vectors[id][d] * vectors[id][d];
            }
            return switch (metric) {
                case L2 -> Math.sqrt(square);
                case IP -> dot;
                case COSINE -> dot / Math.sqrt(own * other);
            };
        }

        /** Equal scores come out of one and the same sum, up to its last bits. */
        long rounded(float[] query, int id) {
            return Math.round(score(query, id) * 1e6);
        }

        List<Object> ask(Step step) {
            Plan plan = new Plan(null, List.of(step), List.of(), List.of());
            return OneThreadJob.table(job.ask(plan, ExplainLevel.SUMMARY), "s").rows().stream()
                    .map(row -> row[0])
                    .toList();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rowsOfOneScoreHaveAnOrderOfTheirOwnAcrossTheCut(long seed) {
        Rows rows = new Rows(seed);
        for (int round = 0; round < 10; round++) {
            float[] query = rows.query();
            int k = 1 + rows.random.nextInt(40);
            boolean descending = rows.random.nextBoolean();
            boolean farthest = rows.random.nextInt(4) == 0;
            Predicate filter =
                    rows.random.nextBoolean() ? Predicate.ALWAYS : new Predicate.Compare("year", Comparison.NE, 2001L);
            VectorSearch search = rows.search(query, k, farthest || rows.random.nextBoolean(), filter);
            RowKeys keys = keys(rows.random);
            search = search.with(search.search().among(keys, farthest));

            List<Object> found = rows.ask(new RankedSearch(search, List.of(new OrderKey(2, descending)), null, false));

            Comparator<Integer> byScore = Comparator.comparingLong(id -> rows.rounded(query, id));
            Comparator<Integer> byYear = Comparator.comparingLong(id -> rows.year[id]);
            List<Object> best = IntStream.range(0, ROWS)
                    .boxed()
                    .filter(id -> filter.equals(Predicate.ALWAYS) || rows.year[id] != 2001)
                    .filter(id -> keys == null || keys.keys().contains(Integer.toString(id)) != keys.excluded())
                    .sorted((rows.metric.ascending() != farthest ? byScore : byScore.reversed())
                            .thenComparing(descending ? byYear.reversed() : byYear)
                            .thenComparing(id -> id))
                    .limit(k)
                    .map(id -> (Object) (long) id)
                    .toList();
            assertThat(found)
                    .as("seed %d, round %d, %s, %s, k %d, keys %s", seed, round, rows.metric, rows.engine, k, keys)
                    .isEqualTo(best);
        }
    }

    private static @Nullable RowKeys keys(Random random) {
        if (random.nextInt(3) == 0) {
            return null;
        }
        List<String> keys = new ArrayList<>();
        int every = 1 + random.nextInt(20);
        for (int id = 0; id < ROWS + 5; id += every) {
            keys.add(Integer.toString(id));
        }
        return new RowKeys(keys, random.nextBoolean());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void membersAreScoredAndNoOthers(long seed) {
        Rows rows = new Rows(seed);
        float[] query = rows.query();
        List<String> members = List.of("7", "3", "299", "1000", "12");

        List<Object> found = rows.ask(new RankedSearch(
                rows.search(query, 100, false, Predicate.ALWAYS), List.of(), new MembersGiven(members), false));

        assertThat(found).as("seed %d", seed).containsExactlyInAnyOrder(3L, 7L, 12L, 299L);
        assertThat(rows.ask(new RankedSearch(
                        rows.search(query, 100, false, Predicate.ALWAYS),
                        List.of(),
                        new MembersGiven(List.of()),
                        false)))
                .isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void listsOfSeveralVectorsAreFused(long seed) {
        Rows rows = new Rows(seed);
        List<float[]> queries = List.of(rows.query(), rows.query(), rows.query());
        int window = 50;
        int k = 10;
        Fusion fusion = new Fusion(Fusion.Method.values()[rows.random.nextInt(5)], 60, window, 0.6, 0.3, 0.1);

        List<Object> found = rows.ask(
                new FusedSearch(rows.search(new float[0], k, true, Predicate.ALWAYS), queries, fusion, null, false));

        List<RankedList> lists = new ArrayList<>();
        for (float[] query : queries) {
            Comparator<Integer> byScore = Comparator.comparingLong(id -> rows.rounded(query, id));
            lists.add(new RankedList(
                    IntStream.range(0, ROWS)
                            .boxed()
                            .sorted((rows.metric.ascending() ? byScore : byScore.reversed()).thenComparing(id -> id))
                            .limit(window)
                            .map(id -> new RankedList.Entry((long) id, rows.score(query, id)))
                            .toList(),
                    rows.metric.ascending(),
                    1));
        }
        List<Object> best = new ListFuser(fusion)
                .fuse(lists).stream().limit(k).map(ListFuser.Fused::id).toList();
        if (fusion.method() == Fusion.Method.RRF) {
            assertThat(found).as("seed %d", seed).isEqualTo(best);
        } else {
            // Scores of our own sums differ from those of the job in their last bits, and so may the order of ties.
            assertThat(found)
                    .as("seed %d, %s", seed, fusion.method())
                    .hasSize(best.size())
                    .doesNotHaveDuplicates();
        }
    }
}
