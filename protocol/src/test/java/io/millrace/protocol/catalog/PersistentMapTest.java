package io.millrace.protocol.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PersistentMapTest {
    static LongStream seeds() {
        return LongStream.range(0, 10);
    }

    /** Every version agrees with a TreeMap of its time, also after later versions were made of it. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyVersionStaysWhatItWas(long seed) {
        Random random = new Random(seed);
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        TreeMap<Integer, Integer> model = new TreeMap<>();
        List<PersistentMap<Integer, Integer>> versions = new ArrayList<>();
        List<Map<Integer, Integer>> models = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int key = random.nextInt(80);
            if (random.nextInt(3) == 0) {
                map = map.without(key);
                model.remove(key);
            } else {
                map = map.with(key, i);
                model.put(key, i);
            }
            versions.add(map);
            models.add(new TreeMap<>(model));
            assertThat(map.lastKey()).isEqualTo(model.isEmpty() ? null : model.lastKey());
        }
        for (int i = 0; i < versions.size(); i++) {
            assertThat(new ArrayList<>(versions.get(i).entrySet()))
                    .isEqualTo(new ArrayList<>(models.get(i).entrySet()));
            assertThat(versions.get(i)).isEqualTo(models.get(i)).hasSameSizeAs(models.get(i));
            int key = random.nextInt(80);
            assertThat(versions.get(i).get(key)).isEqualTo(models.get(i).get(key));
        }
    }

    @Test
    void keysThatComeInOrderMakeNoList() {
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 10_000; i++) {
            map = map.with(i, i);
        }
        assertThat(map.height()).isLessThanOrEqualTo(20);
        for (int i = 0; i < 9_900; i++) {
            map = map.without(i);
        }
        assertThat(map.height()).isLessThanOrEqualTo(10);
        assertThat(map.firstKey()).isEqualTo(9_900);
    }

    @Test
    void outcomesStandInTheOrderTheyCameAndTheOldestGo() {
        Map<String, ControlOutcome> model = new LinkedHashMap<>();
        Outcomes outcomes = Outcomes.copyOf(Map.of());
        for (int i = 0; i < 100; i++) {
            ControlOutcome outcome = new ControlOutcome(i, true, null);
            String id = "r" + (i * 37) % 100;
            outcomes = outcomes.and(id, outcome, 20);
            model.put(id, outcome);
            if (model.size() > 20) {
                model.remove(model.keySet().iterator().next());
            }
        }
        assertThat(new ArrayList<>(outcomes.entrySet())).isEqualTo(new ArrayList<>(model.entrySet()));
        assertThat(outcomes.get("nobody")).isNull();
    }
}
