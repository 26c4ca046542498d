package io.millrace.planner.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Patterns;
import io.millrace.planner.Samples;
import io.millrace.planner.pattern.PatternAlias;
import io.millrace.planner.pattern.ResolvedPattern;
import io.millrace.planner.plan.Pattern.Binding;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.RowLimit;
import io.millrace.planner.plan.Step.GraphMatch;
import io.millrace.planner.plan.StepHead;
import io.millrace.planner.run.RandomPattern.Arc;
import io.millrace.planner.run.RandomPattern.EdgeSpec;
import io.millrace.planner.run.RandomPattern.Path;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Response;
import io.millrace.protocol.ResultTable;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.Column;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MatchTaskTest {
    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    private static Plan plan(ResolvedPattern pattern, int limit, String... outputs) {
        List<Column> columns = new ArrayList<>();
        List<Binding> bindings = new ArrayList<>();
        for (String output : outputs) {
            String[] parts = output.split("\\.");
            PatternAlias alias = Objects.requireNonNull(pattern.alias(parts[0]), output);
            Binding binding = parts.length == 1 ? alias.self() : alias.field(parts[1]);
            bindings.add(Objects.requireNonNull(binding, output));
            ValueType type = parts.length == 1 ? alias.type() : alias.fields().get(parts[1]);
            columns.add(new Column(output, Objects.requireNonNull(type, output)));
        }
        GraphMatch step = new GraphMatch(
                new StepHead("m", List.of(), 1_000, columns), pattern.pattern(), bindings, new RowLimit(limit, true));
        return new Plan(null, List.of(step), List.of(), List.of());
    }

    private static ResultTable match(FakeShards shards, String text, int limit, String... outputs) {
        ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, text);
        Response response = Runs.run(plan(pattern, limit, outputs), shards, shards.shards());
        assertThat(response.errors()).isEmpty();
        return Runs.table(response, "m");
    }

    private static FakeShards shards() {
        return new FakeShards(2, RandomPattern.CATALOG);
    }

    @Test
    void pathsComeWithFieldsOfVerticesAndEdges() {
        FakeShards fake = shards();
        fake.put("Person", "1", Map.of("name", "Ann"));
        fake.put("Game", "g", Map.of("title", "Go"));
        fake.link("KNOWS", "1", "2", "e", Map.of("since", 1999L));
        fake.link("LIKES", "2", "g", null, Map.of());

        ResultTable table = match(
                fake,
                "(a)-[r:KNOWS]->(b)-[s]->(c:Game)",
                10,
                "a",
                "a.name",
                "r.since",
                "r.id",
                "b",
                "b.name",
                "s",
                "c.title");

        assertThat(Runs.rows(table)).containsExactly(Arrays.asList(1L, "Ann", 1999L, "e", 2L, null, "LIKES", "Go"));
    }

    @Test
    void edgeIsUsedOncePerPathAndVerticesMayComeAgain() {
        FakeShards fake = shards();
        fake.link("KNOWS", "1", "2");
        fake.link("KNOWS", "2", "1");
        fake.link("KNOWS", "3", "3");

        assertThat(Runs.rows(match(fake, "(a)-[:KNOWS]-(b)-[:KNOWS]-(c)", 10, "a", "b", "c")))
                .containsExactly(List.of(1L, 2L, 1L), List.of(2L, 1L, 2L));
        assertThat(Runs.rows(match(fake, "(a)-[:KNOWS*3]->(b)", 10, "a", "b"))).isEmpty();
    }

    @Test
    void parallelEdgesGiveAPathEachToANameAndOneWithout() {
        FakeShards fake = shards();
        for (String id : List.of("b", "a", "c")) {
            fake.link("KNOWS", "1", "2", id, Map.of());
        }

        assertThat(Runs.rows(match(fake, "(x)-[r:KNOWS]->(y)", 10, "x", "r.id")))
                .containsExactly(List.of(1L, "a"), List.of(1L, "b"), List.of(1L, "c"));
        assertThat(Runs.rows(match(fake, "(x)-[:KNOWS]->(y)", 10, "x", "y"))).containsExactly(List.of(1L, 2L));
        assertThat(match(fake, "(w)-[:KNOWS]-(x)-[r:KNOWS]-(y)-[:KNOWS]-(z)", 99, "w", "r.id")
                        .rows())
                .hasSize(6);
    }

    @Test
    void limitKeepsTheFirstRowsAndSaysSo() {
        FakeShards fake = shards();
        for (int i = 9; i > 0; i--) {
            fake.link("KNOWS", "" + i, "" + (10 - i));
        }

        ResultTable table = match(fake, "(a)-[:KNOWS]->(b)", 2, "a", "b");

        assertThat(Runs.rows(table)).containsExactly(List.of(1L, 9L), List.of(2L, 8L));
        assertThat(table.truncated()).isTrue();
        assertThat(match(fake, "(a)-[:KNOWS]->(b)", 9, "a", "b").truncated()).isFalse();
    }

    @Test
    void vertexExistsByItsRowOrByItsEdges() {
        FakeShards fake = shards();
        fake.put("Game", "a", Map.of("title", "Go"));
        fake.link("BEFORE", "b", "c");

        assertThat(Runs.rows(match(fake, "(x:Game)", 10, "x", "x.title")))
                .containsExactly(List.of("a", "Go"), Arrays.asList("b", null), Arrays.asList("c", null));
        assertThat(Runs.rows(match(fake, "(x:Game {id: 'c'})", 10, "x"))).containsExactly(List.of("c"));
        assertThat(Runs.rows(match(fake, "(x:Game {id: 'd'})", 10, "x"))).isEmpty();
        assertThat(Runs.rows(match(fake, "(x:Game)-[:BEFORE*0..1]->(y)", 10, "x", "y")))
                .containsExactly(List.of("a", "a"), List.of("b", "b"), List.of("b", "c"), List.of("c", "c"));
    }

    @Test
    void conditionCanNameTheTypeOfAnEdge() {
        FakeShards fake = shards();
        fake.link("KNOWS", "1", "2");
        fake.link("LIKES", "1", "g");
        ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, "(x:Person)-[r]->(y)");
        PatternAlias edge = Objects.requireNonNull(pattern.alias("r"));

        Plan plan = plan(pattern.and(edge, new Predicate.Compare("type", Comparison.EQ, "LIKES")), 10, "x", "r", "y");

        assertThat(Runs.rows(Runs.run(plan, fake, 2))).containsExactly(List.of(1L, "LIKES", "g"));
    }

    @Test
    void fieldThatNoRowGivesIsNull() {
        FakeShards fake = shards();
        fake.put("Game", "a", Map.of("title", "Go"));
        fake.put("Game", "b", Map.of());
        fake.link("BEFORE", "a", "b");
        fake.link("BEFORE", "b", "c");
        ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, "(x:Game)-[:BEFORE]-(y)");
        PatternAlias x = Objects.requireNonNull(pattern.alias("x"));

        Plan plan = plan(pattern.and(x, new Predicate.Exists("title", false)), 10, "x", "y");

        assertThat(Runs.rows(Runs.run(plan, fake, 2)))
                .containsExactly(List.of("b", "a"), List.of("b", "c"), List.of("c", "b"));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTryingEveryPath(long seed) {
        RandomPattern random = new RandomPattern(seed);
        ResolvedPattern pattern = resolve(random);
        if (pattern == null) {
            assertThat(random.paths()).as(random.text()).isEmpty();
            return;
        }
        List<String> outputs = outputs(random);

        Response response = Runs.run(
                Samples.run(plan(pattern, 100_000, outputs.toArray(String[]::new))),
                random.shards(),
                3,
                new Random(seed));

        List<List<String>> rows = texts(Runs.rows(Runs.table(response, "m")));
        assertThat(rows)
                .as("seed %d: %s", seed, random.text())
                .containsExactlyInAnyOrderElementsOf(
                        random.paths().stream().map(path -> row(random, path)).toList());
        assertThat(keys(random, rows)).isSortedAccordingTo(byIds());
    }

    @Test
    void aThirdOfTheRandomPatternsHavePaths() {
        assertThat(seeds().filter(seed -> !new RandomPattern(seed).paths().isEmpty())
                        .count())
                .isGreaterThan(seeds().count() / 3);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anchorsAreTheVerticesOfPathsWithTheShortest(long seed) throws StepFailure {
        RandomPattern random = new RandomPattern(seed);
        ResolvedPattern pattern = resolve(random);
        if (pattern == null) {
            return;
        }
        int anchor = new Random(seed).nextInt(random.vertices.size());
        Map<String, Integer> expected = new TreeMap<>();
        for (Path path : random.paths()) {
            int length = path.arcs().stream().mapToInt(List::size).sum();
            expected.merge(path.vertices().get(anchor).key(), length, Math::min);
        }
        List<String> some = List.of("0", "1", "2", "g0", "g1");

        var all = AnchorSearch.all(pattern.pattern(), anchor, RunLimits.DEFAULT, new MemoryMeter(1 << 30));
        var among = AnchorSearch.among(pattern.pattern(), anchor, some, RunLimits.DEFAULT, new MemoryMeter(1 << 30));

        assertThat(anchors(all, random.shards(), seed))
                .as("seed %d: %s", seed, random.text())
                .isEqualTo(expected);
        expected.keySet().retainAll(some);
        assertThat(anchors(among, random.shards(), seed))
                .as("seed %d: %s", seed, random.text())
                .isEqualTo(expected);
        assertThat(all.bounded()).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsReachedFromOneEndIsWhatPathsHaveAtTheOther(long seed) throws StepFailure {
        RandomPattern random = RandomPattern.chain(seed);
        ResolvedPattern pattern = Objects.requireNonNull(resolve(random));
        int last = random.vertices.size() - 1;
        int anchor = random.vertices.get(0).key() == null ? 0 : last;
        Map<String, Integer> expected = new TreeMap<>();
        for (Path path : random.paths()) {
            int length = path.arcs().stream().mapToInt(List::size).sum();
            expected.merge(path.vertices().get(anchor).key(), length, Math::min);
        }

        var all = AnchorSearch.all(pattern.pattern(), anchor, RunLimits.DEFAULT, new MemoryMeter(1 << 30));

        assertThat(WalkReach.suffices(pattern.pattern(), last - anchor, anchor))
                .as("%s", random.text())
                .isTrue();
        assertThat(anchors(all, random.shards(), seed))
                .as("seed %d: %s", seed, random.text())
                .isEqualTo(expected);
        List<String> some = List.of("0", "1", "2", "g0", "g1");
        expected.keySet().retainAll(some);
        var among = AnchorSearch.among(pattern.pattern(), anchor, some, RunLimits.DEFAULT, new MemoryMeter(1 << 30));
        assertThat(anchors(among, random.shards(), seed))
                .as("seed %d, from the anchor: %s", seed, random.text())
                .isEqualTo(expected);
    }

    @Test
    void edgesThatCouldBeUsedTwiceMakePathsNeeded() {
        for (String text : List.of(
                "(a:Person)-[:KNOWS]->(b)-[:KNOWS]->(c {id: 1})",
                "(a:Person)-[:KNOWS*1..2]-(b {id: 1})",
                "(a:Person)-[:KNOWS*2..3]->(b {id: 1})",
                "(a:Person)-[:LIKES]->(b)<-[:LIKES]-(a)",
                "(a:Person)-[:KNOWS*1..2]->(b:Person)-[:LIKES]->(g)-[:BEFORE*1..2]->(c {id: 'g1'})")) {
            ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, text);
            int last = pattern.pattern().vertices().size() - 1;
            assertThat(WalkReach.suffices(pattern.pattern(), last, 0)).as(text).isFalse();
        }
    }

    @Test
    void searchThatReachesABoundSaysSo() throws StepFailure {
        FakeShards fake = shards();
        for (int i = 0; i < 9; i++) {
            fake.link("KNOWS", "" + i, "" + (i + 1));
        }
        ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, "(a)-[:KNOWS*3]->(b)");

        AnchorSearch few =
                AnchorSearch.all(pattern.pattern(), 0, new RunLimits(1 << 20, 5, 1_000), new MemoryMeter(1 << 30));
        AnchorSearch tries =
                AnchorSearch.all(pattern.pattern(), 0, new RunLimits(1 << 20, 1_000, 5), new MemoryMeter(1 << 30));

        assertThat(anchors(few, fake, 1)).hasSizeLessThan(7);
        assertThat(few.bounded()).isTrue();
        assertThat(anchors(tries, fake, 1)).hasSizeLessThan(7);
        assertThat(tries.bounded()).isTrue();
    }

    private static @Nullable ResolvedPattern resolve(RandomPattern random) {
        List<Problem> problems = new ArrayList<>();
        ResolvedPattern pattern = Patterns.resolve(RandomPattern.CATALOG, random.text(), Map.of(), Map.of(), problems);
        assertThat(problems)
                .allMatch(problem -> problem.message().contains("can lead from")
                        || problem.message().contains("is no INT"));
        for (EdgeSpec edge : random.edges) {
            if (pattern != null && edge.any() != null) {
                PatternAlias alias = Objects.requireNonNull(pattern.alias(String.valueOf(edge.alias())));
                pattern = pattern.and(
                        alias,
                        new Predicate.Compare("since", Comparison.EQ, edge.any().longValue()));
            }
        }
        return pattern;
    }

    private static List<String> outputs(RandomPattern random) {
        List<String> outputs = new ArrayList<>();
        random.vertices.forEach(vertex -> outputs.add(vertex.alias()));
        for (EdgeSpec edge : random.edges) {
            if (edge.alias() != null && edge.one()) {
                outputs.add(edge.alias());
                outputs.add(edge.alias() + ".id");
            }
        }
        return outputs;
    }

    private static List<String> row(RandomPattern random, Path path) {
        List<String> row = new ArrayList<>();
        path.vertices().forEach(vertex -> row.add(vertex.key()));
        for (int i = 0; i < random.edges.size(); i++) {
            if (random.edges.get(i).alias() != null && random.edges.get(i).one()) {
                Arc arc = path.arcs().get(i).get(0);
                row.add(arc.type());
                row.add(String.valueOf(arc.id()));
            }
        }
        return row;
    }

    private static List<List<String>> texts(List<List<Object>> rows) {
        return rows.stream()
                .map(row -> row.stream().map(String::valueOf).toList())
                .toList();
    }

    private static List<String> keys(RandomPattern random, List<List<String>> rows) {
        // One digit each, and digits come before letters: the order of the joined keys is that of the ids.
        return rows.stream()
                .map(row -> String.join(",", row.subList(0, random.vertices.size())))
                .toList();
    }

    private static Comparator<String> byIds() {
        return Comparator.naturalOrder();
    }

    private static Map<String, Integer> anchors(AnchorSearch search, FakeShards shards, long seed) throws StepFailure {
        Random random = new Random(seed);
        FragmentOperation question = search.start();
        while (question != null) {
            var partials = new ArrayList<>(
                    shards.answer(new Fragment("r", 1, 0, 0, 0, Long.MAX_VALUE, OffsetToken.NONE, question)));
            Collections.shuffle(partials, random);
            for (var partial : partials) {
                search.add((PartialResult.Rows) partial.result());
            }
            question = search.next();
        }
        Map<String, Integer> anchors = new TreeMap<>();
        search.anchors().forEach((vertex, length) -> anchors.put(vertex.key(), length));
        return anchors;
    }
}
