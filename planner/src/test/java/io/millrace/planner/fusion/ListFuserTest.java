package io.millrace.planner.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.planner.fusion.Fusion.Method;
import io.millrace.planner.fusion.ListFuser.Fused;
import io.millrace.planner.fusion.RankedList.Entry;
import io.millrace.protocol.SharedData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ListFuserTest {
    private static final double EXACT = 1e-9;

    private static RankedList ranked(double weight, String... ids) {
        return new RankedList(List.of(ids).stream().map(id -> new Entry(id, 0)).toList(), false, weight);
    }

    private static RankedList scored(boolean distance, Object... idsAndScores) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < idsAndScores.length; i += 2) {
            entries.add(new Entry(idsAndScores[i], (Double) idsAndScores[i + 1]));
        }
        return new RankedList(entries, distance, 1);
    }

    private static Fusion by(Method method) {
        return new Fusion(method, 60, Integer.MAX_VALUE, 0.6, 0.3, 0.1);
    }

    private static Map<Object, Double> fuse(Fusion fusion, RankedList... lists) {
        Map<Object, Double> scores = new TreeMap<>();
        new ListFuser(fusion).fuse(List.of(lists)).forEach(each -> scores.put(each.id(), each.score()));
        return scores;
    }

    private static List<Object> order(Fusion fusion, RankedList... lists) {
        return new ListFuser(fusion)
                .fuse(List.of(lists)).stream().map(Fused::id).toList();
    }

    @Test
    void reciprocalRanksAreWeightedAndSummed() {
        assertThat(fuse(Fusion.rrf(60), ranked(1, "d3", "d2", "d1"), ranked(1, "d1", "d2"), ranked(1, "d3")))
                .hasEntrySatisfying("d1", score -> assertThat(score).isCloseTo(0.032266458495966696, within(EXACT)))
                .hasEntrySatisfying("d2", score -> assertThat(score).isCloseTo(0.03225806451612903, within(EXACT)))
                .hasEntrySatisfying("d3", score -> assertThat(score).isCloseTo(0.03278688524590164, within(EXACT)));
        assertThat(fuse(Fusion.rrf(60), ranked(0.1, "1"), ranked(0.9, "2")))
                .hasEntrySatisfying("2", score -> assertThat(score).isCloseTo(0.014754098360655738, within(EXACT)));
    }

    @Test
    void tiesGoByIdAndNumbersByValue() {
        assertThat(order(Fusion.rrf(10), ranked(1, "b", "a"), ranked(1, "a", "b")))
                .containsExactly("a", "b");
        RankedList one = new RankedList(List.of(new Entry(10L, 0)), false, 1);
        RankedList two = new RankedList(List.of(new Entry(9L, 0)), false, 1);
        assertThat(order(Fusion.rrf(10), one, two)).containsExactly(9L, 10L);
    }

    @Test
    void anIdThatAListHasTwiceCountsOnceAtItsBestRank() {
        assertThat(fuse(Fusion.rrf(1), ranked(1, "a", "b", "a")))
                .containsEntry("a", 0.5)
                .containsEntry("b", 1 / 3.0);
    }

    @Test
    void onlyTheWindowOfAListCounts() {
        Fusion two = new Fusion(Method.RRF, 60, 2, 0.6, 0.3, 0.1);
        assertThat(order(two, ranked(1, "a", "b", "c"), ranked(1, "d"))).containsExactly("a", "d", "b");
    }

    @Test
    void scoresAreAveragedMaximizedOrWeighted() {
        RankedList left = scored(false, "a", 0.9, "b", 0.5);
        RankedList right = scored(false, "a", 0.3);
        assertThat(fuse(by(Method.AVERAGE), left, right)).isEqualTo(Map.of("a", (0.9 + 0.3) / 2, "b", 0.5));
        assertThat(fuse(by(Method.MAXIMUM), left, right)).isEqualTo(Map.of("a", 0.9, "b", 0.5));
        assertThat(fuse(by(Method.WEIGHTED), left, right).get("a"))
                .isCloseTo(0.6 * 0.6 + 0.3 * 0.9 + 0.1, within(EXACT));
        assertThat(fuse(by(Method.WEIGHTED), left, right).get("b"))
                .isCloseTo(0.6 * 0.5 + 0.3 * 0.5 + 0.1 * 0.5, within(EXACT));
    }

    @Test
    void distancesBecomeSimilarities() {
        assertThat(fuse(by(Method.MAXIMUM), scored(true, "a", 0.0, "b", 3.0))).isEqualTo(Map.of("a", 1.0, "b", 0.25));
    }

    @Test
    void relativeScoresAreScaledByTheirList() {
        assertThat(fuse(
                        by(Method.RELATIVE_SCORE),
                        scored(false, "a", 8.0, "b", 4.0, "c", 6.0),
                        scored(false, "a", 2.0, "c", 2.0)))
                .isEqualTo(Map.of("a", 2.0, "b", 0.0, "c", 1.5));
    }

    @Test
    void publishedFactsHold() throws IOException {
        JsonNode facts =
                new ObjectMapper().readTree(SharedData.path("rrf_facts.json").toFile());
        int checked = 0;
        for (JsonNode fact : facts) {
            if (fact.has("lists")) {
                check(fact);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(8);
    }

    private static void check(JsonNode fact) {
        RankedList[] lists = new RankedList[fact.get("lists").size()];
        for (int i = 0; i < lists.length; i++) {
            List<String> ids = new ArrayList<>();
            fact.get("lists").get(i).forEach(id -> ids.add(id.asText()));
            double weight = fact.has("weights") ? fact.get("weights").get(i).asDouble() : 1;
            lists[i] = ranked(weight, ids.toArray(String[]::new));
        }
        int window = fact.path("window").asInt(Integer.MAX_VALUE);
        Fusion fusion = new Fusion(Method.RRF, fact.get("k").asInt(), window, 0.6, 0.3, 0.1);
        Map<Object, Double> scores = fuse(fusion, lists);
        fact.path("expected")
                .fields()
                .forEachRemaining(entry -> assertThat(scores.get(entry.getKey()))
                        .as(fact.get("id").asText() + " " + entry.getKey())
                        .isCloseTo(entry.getValue().asDouble(), within(EXACT)));
        if (fact.has("expected_order")) {
            List<String> expected = new ArrayList<>();
            fact.get("expected_order").forEach(id -> expected.add(id.asText()));
            int from = Math.min(fact.path("from_").asInt(), scores.size());
            int to = Math.min(scores.size(), from + fact.path("size").asInt(Integer.MAX_VALUE / 2));
            assertThat(order(fusion, lists).subList(from, to))
                    .as(fact.get("id").asText())
                    .isEqualTo(expected);
        }
    }
}
