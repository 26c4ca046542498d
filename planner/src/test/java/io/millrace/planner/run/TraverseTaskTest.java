package io.millrace.planner.run;

import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.planner.Samples;
import io.millrace.protocol.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TraverseTaskTest {
    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    @Test
    void vertexFieldsAreFetchedAndMissingRowsAreNull() {
        FakeShards fake = new FakeShards(2);
        fake.put("Game", "g1", Map.of("title", "Chess"));
        fake.link("OpenedGame", "m1", "g1");
        fake.link("OpenedGame", "m1", "g2");

        Response response = Runs.run(
                plan(step(
                        "g",
                        "graph.traverse",
                        "{'start': {'ids': ['m1', 'm2', 'm1'], 'entity_type': 'Member'}, 'project': ['title']}")),
                fake,
                2);

        assertThat(Runs.table(response, "g").columns())
                .extracting(column -> column.name())
                .containsExactly("start", "vertex", "depth", "edge_type", "title");
        assertThat(Runs.rows(response))
                .containsExactly(
                        List.of("m1", "g1", 1L, "OpenedGame", "Chess"),
                        java.util.Arrays.asList("m1", "g2", 1L, "OpenedGame", null));
    }

    @Test
    void bothDirectionsMeetOtherStarts() {
        FakeShards fake = new FakeShards(2);
        fake.link("OpenedGame", "m1", "g1");
        fake.link("OpenedGame", "m2", "g1");

        Response response = Runs.run(
                plan(step(
                        "g",
                        "graph.traverse",
                        "{'start': {'ids': ['m1'], 'entity_type': 'Member'}, 'direction': 'both', 'depth': 3}")),
                fake,
                2);

        assertThat(Runs.rows(response))
                .containsExactly(List.of("m1", "g1", 1L, "OpenedGame"), List.of("m1", "m2", 2L, "OpenedGame"));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithABreadthFirstSearchInPlainJava(long seed) {
        Random random = new Random(seed);
        FakeShards fake = new FakeShards(4);
        Map<Long, TreeSet<Long>> neighbours = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            long from = random.nextInt(20);
            long to = random.nextInt(20);
            fake.link("KNOWS", "" + from, "" + to);
            neighbours.computeIfAbsent(from, key -> new TreeSet<>()).add(to);
        }
        int depth = 1 + random.nextInt(4);
        List<List<Object>> expected = new ArrayList<>();
        for (long start : new long[] {3, 11, 7}) {
            walk(start, depth, neighbours)
                    .forEach((vertex, hops) -> expected.add(List.of(start, vertex, hops, "KNOWS")));
        }

        Response response = Runs.run(
                Samples.run(plan(step(
                        "g",
                        "graph.traverse",
                        "{'start': {'ids': [3, 11, '7'], 'entity_type': 'Person'}, 'depth': " + depth + "}"))),
                fake,
                4,
                random);

        assertThat(Runs.rows(response)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(Runs.rows(response)).isSortedAccordingTo((a, b) -> {
            int sign = Integer.compare(
                    List.of(3L, 11L, 7L).indexOf(a.get(0)), List.of(3L, 11L, 7L).indexOf(b.get(0)));
            sign = sign != 0 ? sign : Long.compare((Long) a.get(2), (Long) b.get(2));
            return sign != 0 ? sign : Long.compare((Long) a.get(1), (Long) b.get(1));
        });
    }

    private static Map<Long, Long> walk(long start, int depth, Map<Long, TreeSet<Long>> neighbours) {
        Map<Long, Long> found = new TreeMap<>();
        List<Long> level = List.of(start);
        for (long hop = 1; hop <= depth; hop++) {
            List<Long> next = new ArrayList<>();
            for (long vertex : level) {
                for (long neighbour : neighbours.getOrDefault(vertex, new TreeSet<>())) {
                    if (neighbour != start && found.putIfAbsent(neighbour, hop) == null) {
                        next.add(neighbour);
                    }
                }
            }
            level = next;
        }
        return found;
    }
}
