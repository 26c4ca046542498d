package io.millrace.operators.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.operators.support.Examples;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Searches across vectors and graph: every strategy gives the rows that plain Java finds, in the same order. */
class HybridSearchTest {
    private static final int TOPICS = 4;
    private static final int PARTS = 6;
    private static final int DIMENSION = 3;
    private static final List<String> STRATEGIES = List.of("auto", "vector_first", "graph_first", "parallel");

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 25);
    }

    /** @param depth of the shortest path that binds an item; 0 for none */
    private record Shape(String match, IntFunction<Integer> depth) {}

    /** @param clause begins with AND, or is empty */
    private record Filter(String clause, IntPredicate passes) {}

    /** A small graph of items and topics. */
    private static final class Graph {
        final Random random;
        final int items;
        final Metric metric;
        final OneThreadJob job;
        final float[][] vectors;
        final int[] part;
        final List<Set<Integer>> topics = new ArrayList<>();
        final List<Set<Integer>> cites = new ArrayList<>();

        Graph(long seed) {
            random = new Random(seed);
            items = 1 + random.nextInt(200);
            boolean indexed = random.nextInt(4) > 0;
            metric = indexed && random.nextBoolean() ? Metric.IP : Metric.L2;
            vectors = new float[items][];
            part = new int[items];
            job = new OneThreadJob(1 + random.nextInt(4), 0);
            job.run("CREATE COLLECTION items (id INT PRIMARY KEY, part INT, v VECTOR(" + DIMENSION + "))");
            job.run("CREATE COLLECTION topics (id STRING PRIMARY KEY)");
            job.run("CREATE EDGE TYPE ABOUT FROM items TO topics");
            job.run("CREATE EDGE TYPE CITES FROM items TO items");
            if (indexed) {
                String fields = random.nextBoolean() ? ", filter_fields = ['part']" : "";
                job.run("CREATE VECTOR INDEX items_v ON items(v) USING HNSW WITH (metric = '" + metric
                        + "', ef_search = 400" + fields + ")");
            }
            for (int item = 0; item < items; item++) {
                vectors[item] = vector();
                part[item] = random.nextInt(PARTS);
                double[] wide = {vectors[item][0], vectors[item][1], vectors[item][2]};
                job.upsert("items", Integer.toString(item), Map.of("part", (long) part[item], "v", wide));
                topics.add(new TreeSet<>());
                cites.add(new TreeSet<>());
            }
            for (int topic = 0; topic < TOPICS; topic++) {
                job.upsert("topics", "t" + topic, Map.of());
            }
            boolean empty = random.nextInt(6) == 0;
            for (int item = 0; item < items && !empty; item++) {
                link(item);
            }
            job.lookAtData();
        }

        private void link(int item) {
            for (int topic = 0; topic < TOPICS; topic++) {
                if (random.nextInt(1 << topic) == 0) {
                    topics.get(item).add(topic);
                    job.link("ABOUT", Integer.toString(item), "t" + topic, null, Map.of());
                }
            }
            for (int i = 0; i < 2; i++) {
                int cited = random.nextInt(items);
                if (cited != item && cites.get(item).add(cited)) {
                    job.link("CITES", Integer.toString(item), Integer.toString(cited), null, Map.of());
                }
            }
        }

        float[] vector() {
            return new float[] {random.nextInt(4), random.nextInt(4), random.nextInt(4)};
        }

        List<Shape> shapes() {
            int topic = random.nextInt(TOPICS);
            int item = random.nextInt(items);
            int wanted = random.nextInt(PARTS);
            return List.of(
                    new Shape(
                            "(a)-[:ABOUT]->(t:topics {id: 't" + topic + "'})",
                            a -> topics.get(a).contains(topic) ? 1 : 0),
                    new Shape(
                            "(t:topics {id: 't" + topic + "'})<-[:ABOUT]-(a)",
                            a -> topics.get(a).contains(topic) ? 1 : 0),
                    new Shape("(a)-[:CITES*1..2]->(b:items {id: " + item + "})", a -> steps(a, item)),
                    new Shape(
                            "(a)<-[:CITES]-(b:items)-[:ABOUT]->(t:topics {id: 't" + topic + "'})",
                            a -> citing(a, b -> topics.get(b).contains(topic)) ? 2 : 0),
                    new Shape(
                            "(a)-[:CITES]-(b:items {part: " + wanted + "})",
                            a -> citing(a, b -> part[b] == wanted)
                                            || cites.get(a).stream().anyMatch(b -> part[b] == wanted)
                                    ? 1
                                    : 0),
                    new Shape(
                            "(x:items {part: " + wanted + "})-[:CITES]->(a)-[:ABOUT]->(t:topics {id: 't" + topic
                                    + "'})",
                            a -> citing(a, x -> part[x] == wanted)
                                            && topics.get(a).contains(topic)
                                    ? 2
                                    : 0));
        }

        private int steps(int from, int to) {
            if (cites.get(from).contains(to)) {
                return 1;
            }
            return cites.get(from).stream().anyMatch(b -> cites.get(b).contains(to)) ? 2 : 0;
        }

        private boolean citing(int cited, IntPredicate citingItem) {
            for (int item = 0; item < items; item++) {
                if (cites.get(item).contains(cited) && citingItem.test(item)) {
                    return true;
                }
            }
            return false;
        }

        List<Filter> filters() {
            int bound = random.nextInt(PARTS);
            return List.of(
                    new Filter("", item -> true),
                    new Filter(" AND part < " + bound, item -> part[item] < bound),
                    new Filter(
                            " AND (part = 1 OR part = " + bound + ")", item -> part[item] == 1 || part[item] == bound));
        }

        double score(float[] query, int item) {
            double sum = 0;
            for (int d = 0; d < DIMENSION; d++) {
                sum += metric == Metric.IP
                        ? (double) query[d] * vectors[item][d]
                        : Math.pow((double) query[d] - vectors[item][d], 2);
            }
            return sum;
        }

        List<Integer> bySimilarity(float[] query, IntPredicate qualifies) {
            Comparator<Integer> byScore = Comparator.comparingDouble(item -> score(query, item));
            List<Integer> ranked = new ArrayList<>();
            for (int item = 0; item < items; item++) {
                if (qualifies.test(item)) {
                    ranked.add(item);
                }
            }
            ranked.sort((metric == Metric.L2 ? byScore : byScore.reversed()).thenComparing(item -> item));
            return ranked;
        }

        List<Long> ask(String statement, float[] query, String strategy) {
            Map<String, JsonNode> parameters = Map.of("q", json(query));
            Response response = job.ask(statement, parameters, Map.of("hybrid.strategy", TextNode.valueOf(strategy)));
            return OneThreadJob.table(response, "result").rows().stream()
                    .map(row -> (Long) row[0])
                    .toList();
        }

        /** Runs a plan of one search, and returns ids and scores. */
        List<List<Object>> search(String params) {
            String plan = "{'steps': [{'id': 's', 'store': 'vector', 'op': 'search', 'params': {'collection': 'items',"
                    + " 'field': 'v', 'project': ['id'], " + params + "}}]}";
            return OneThreadJob.table(job.ask(Examples.json(plan)), "s").rows().stream()
                    .map(row -> List.of(row))
                    .toList();
        }
    }

    private static ArrayNode json(float[] query) {
        ArrayNode vector = JsonNodeFactory.instance.arrayNode();
        for (float component : query) {
            vector.add(component);
        }
        return vector;
    }

    private static List<Long> first(List<Integer> items, int k) {
        return items.stream().limit(k).map(item -> (long) item).toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyStrategyGivesTheRowsThatQualifyNearestFirst(long seed) {
        Graph graph = new Graph(seed);
        for (Shape shape : graph.shapes()) {
            for (Filter filter : graph.filters()) {
                boolean negated = graph.random.nextBoolean();
                float[] query = graph.vector();
                int k = 1 + graph.random.nextInt(20);
                List<Long> expected = first(
                        graph.bySimilarity(
                                query, item -> filter.passes.test(item) && (shape.depth.apply(item) > 0) != negated),
                        k);
                for (String strategy : STRATEGIES) {
                    String statement = "SELECT a.id FROM items AS a WHERE a.v NEAR $q" + filter.clause
                            + (negated ? " AND NOT MATCH " : " AND MATCH ") + shape.match + " LIMIT " + k;

                    assertThat(graph.ask(statement, query, strategy))
                            .as("seed %d, %s, %s", seed, strategy, statement)
                            .isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void fusionRanksTheSameRowsBySimilarityAndByTheLengthOfThePath(long seed) {
        Graph graph = new Graph(seed);
        for (Shape shape : graph.shapes()) {
            Filter filter = graph.filters().get(graph.random.nextInt(3));
            float[] query = graph.vector();
            int k = 1 + graph.random.nextInt(20);
            int window = k + graph.random.nextInt(30);
            IntPredicate qualifies = item -> filter.passes.test(item) && shape.depth.apply(item) > 0;
            List<Integer> near = graph.bySimilarity(query, qualifies);
            List<Integer> close = new ArrayList<>(near);
            close.sort(Comparator.<Integer>comparingInt(item -> shape.depth.apply(item))
                    .thenComparing(item -> item));
            Map<Integer, Double> sums = new HashMap<>();
            for (List<Integer> list : List.of(near, close)) {
                for (int rank = 0; rank < Math.min(window, list.size()); rank++) {
                    sums.merge(list.get(rank), 1.0 / (60 + rank + 1), Double::sum);
                }
            }
            List<Integer> fused = new ArrayList<>(sums.keySet());
            fused.sort(
                    Comparator.<Integer>comparingDouble(item -> -sums.get(item)).thenComparing(item -> item));
            for (String strategy : STRATEGIES) {
                String statement = "SELECT a.id FROM items AS a WHERE a.v NEAR $q" + filter.clause + " AND MATCH "
                        + shape.match + " USING FUSION 'rrf' (k = 60, window = " + window + ") LIMIT " + k;

                assertThat(graph.ask(statement, query, strategy))
                        .as("seed %d, %s, %s", seed, strategy, statement)
                        .isEqualTo(first(fused, k));
            }
        }
    }

    /** Every list has but rows that qualify: their ranks count no other. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void listsOfSeveralVectorsAreOfTheRowsThatQualify(long seed) {
        Graph graph = new Graph(seed);
        for (Shape shape : graph.shapes()) {
            Filter filter = graph.filters().get(graph.random.nextInt(3));
            boolean negated = graph.random.nextBoolean();
            List<float[]> queries = List.of(graph.vector(), graph.vector(), graph.vector());
            int k = 1 + graph.random.nextInt(20);
            int window = k + graph.random.nextInt(30);
            IntPredicate qualifies = item -> filter.passes.test(item) && (shape.depth.apply(item) > 0) != negated;
            Map<Integer, Double> sums = new HashMap<>();
            for (float[] query : queries) {
                List<Integer> list = graph.bySimilarity(query, qualifies);
                for (int rank = 0; rank < Math.min(window, list.size()); rank++) {
                    sums.merge(list.get(rank), 1.0 / (7 + rank + 1), Double::sum);
                }
            }
            List<Integer> fused = new ArrayList<>(sums.keySet());
            fused.sort(
                    Comparator.<Integer>comparingDouble(item -> -sums.get(item)).thenComparing(item -> item));
            String statement = "SELECT a.id FROM items AS a WHERE a.v NEAR_FUSED [$q, "
                    + queries.stream()
                            .skip(1)
                            .map(query -> json(query).toString())
                            .collect(Collectors.joining(", "))
                    + "] USING FUSION 'rrf' (k = 7, window = " + window + ")" + filter.clause
                    + (negated ? " AND NOT MATCH " : " AND MATCH ") + shape.match + " LIMIT " + k;

            assertThat(graph.ask(statement, queries.get(0), "auto"))
                    .as("seed %d, %s", seed, statement)
                    .isEqualTo(first(fused, k));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void pathsComeByTheSimilarityOfOneOfTheirVertices(long seed) {
        Graph graph = new Graph(seed);
        for (String near : List.of("a", "b")) {
            float[] query = graph.vector();
            int bound = graph.random.nextInt(PARTS + 1);
            int k = 1 + graph.random.nextInt(30);
            List<List<Object>> paths = new ArrayList<>();
            for (int a = 0; a < graph.items; a++) {
                for (int b : graph.cites.get(a)) {
                    if (graph.part[b] < bound) {
                        paths.add(List.of((long) a, (long) b));
                    }
                }
            }
            int place = near.equals("a") ? 0 : 1;
            Comparator<List<Object>> byScore =
                    Comparator.comparingDouble(path -> graph.score(query, ((Long) path.get(place)).intValue()));
            paths.sort(graph.metric == Metric.L2 ? byScore : byScore.reversed());
            String statement = "MATCH (a:items)-[:CITES]->(b:items) WHERE b.part < " + bound + " AND " + near
                    + ".v NEAR $q RETURN a.id, b.id LIMIT " + k;
            Response response = graph.job.ask(statement, Map.of("q", json(query)), Map.of());

            assertThat(OneThreadJob.table(response, "result").rows().stream().map(List::of))
                    .as("seed %d, %s", seed, statement)
                    .containsExactlyElementsOf(paths.subList(0, Math.min(k, paths.size())));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsNearARowIsFoundAmongWhatThePatternBinds(long seed) {
        Graph graph = new Graph(seed);
        for (Shape shape : graph.shapes()) {
            boolean negated = graph.random.nextBoolean();
            boolean without = graph.random.nextBoolean();
            int row = graph.random.nextInt(graph.items);
            int k = 1 + graph.random.nextInt(20);
            List<Long> expected = first(
                    graph.bySimilarity(
                            graph.vectors[row],
                            item -> (shape.depth.apply(item) > 0) != negated && !(without && item == row)),
                    k);
            for (String strategy : STRATEGIES) {
                String params =
                        "'query_ref': {'id': " + row + ", 'exclude_self': " + without + "}, 'top_k': " + k + ", '"
                                + (negated ? "not_match" : "match") + "': '" + shape.match.replace("'", "\\u0027")
                                + "', 'anchor': 'a', 'strategy': '"
                                + strategy + "'";
                if (!strategy.equals("parallel")) {
                    assertThat(graph.search(params).stream().map(found -> found.get(0)))
                            .as("seed %d, %s", seed, params)
                            .isEqualTo(expected);
                } else if (without) {
                    // Two lists are joined: none of them has the row.
                    assertThat(graph.search(params).stream().map(found -> found.get(0)))
                            .as("seed %d, %s", seed, params)
                            .doesNotContain((long) row);
                }
            }
        }
    }

    /** How two lists are joined is said in plans as in statements. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'rrf'; 'rrf'",
                "{'k': 3, 'window': 40}; 'rrf' (k = 3, window = 40)",
                "'average'; 'average'",
                "{'method': 'maximum'}; 'maximum'",
                "'weighted'; 'weighted'",
                "{'method': 'weighted', 'avg_weight': 0.5, 'max_weight': 0.5}; 'weighted' (avg_weight = 0.5, max_weight = 0.5)",
                "{'method': 'relative_score', 'window': 12}; 'relative_score' (window = 12)",
            })
    void plansJoinListsAsStatementsDo(String written, String statement) {
        for (long seed = 1; seed < 6; seed++) {
            Graph graph = new Graph(seed);
            float[] query = graph.vector();
            String pattern = "(a)-[:CITES*1..2]->(b)";
            Response asked = graph.job.ask(
                    "SELECT a.id, score FROM items AS a WHERE a.v NEAR $q AND MATCH " + pattern + " USING FUSION "
                            + statement + " LIMIT 12",
                    Map.of("q", json(query)),
                    Map.of());

            assertThat(graph.search("'query_vector': " + json(query) + ", 'top_k': 12, 'match': '" + pattern
                            + "', 'fusion': " + written))
                    .as("seed %d", seed)
                    .isEqualTo(OneThreadJob.table(asked, "result").rows().stream()
                            .map(row -> List.of(row))
                            .toList());
        }
    }
}
