package io.millrace.planner.run;

import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.Samples;
import io.millrace.planner.explain.Explain;
import io.millrace.planner.parse.PlanParser;
import io.millrace.planner.parse.SearchOptions;
import io.millrace.planner.pattern.PatternText;
import io.millrace.planner.plan.Plan;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.plan.PlannedRequestCodec;
import io.millrace.planner.plan.Step;
import io.millrace.planner.plan.Step.DocumentScan;
import io.millrace.protocol.Response;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.mutation.CompositeKey;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A scan whose filter names keys reads those rows only, and answers as the scan does. */
class KeyLookupTest {
    private static final Catalog CATALOG = Samples.after(
            Samples.catalog(), "pairs", "CREATE COLLECTION pairs (a STRING, b INT, c INT, PRIMARY KEY (a, b))");

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    private static Plan plan(String collection, String params) {
        var parsed = new PlanParser(CATALOG, PlanLimits.DEFAULT, new PatternText())
                .parse(
                        Samples.json("{'steps': ["
                                + step("s", "document.scan", "{'collection': '" + collection + "'" + params + "}")
                                + "]}"),
                        Map.of(),
                        SearchOptions.NONE,
                        Samples.NOW_MS);
        assertThat(parsed.problems()).isEmpty();
        return Objects.requireNonNull(parsed.plan());
    }

    private static @Nullable List<String> keys(String collection, String filter) {
        return ((DocumentScan) plan(collection, ", 'filter': " + filter).steps().get(0)).keys();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "events; {'key': 'e1'}; e1",
                "events; {'id': 'e1', 'amount': 3}; e1",
                "events; {'key': {'in': ['a', 'b', 'a']}}; a,b",
                "events; {'key': {'in': ['a', 'b'], 'eq': 'b'}}; b",
                "Person; {'id': {'in': [7, '07', -1]}}; 7,-1",
                "Game; {'id': 5}; 5",
                "pairs; {'a': 'x|y', 'b': 7}; x\\|y|7",
                "pairs; {'a': {'in': ['x', 'y']}, 'b': {'in': [1, 2]}}; x|1,x|2,y|1,y|2",
                "pairs; {'id': 'x|1'}; x|1",
            })
    void keysOfAFilterThatBindsThePrimaryKeyAreRead(String collection, String filter, String keys) {
        assertThat(keys(collection, filter)).containsExactly(keys.split(","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "events; {'amount': 3}",
                "events; {'key': {'gte': 'e1'}}",
                "events; {'key': {'ne': 'e1'}}",
                "pairs; {'a': 'x'}",
                "pairs; {'b': 7, 'c': 1}",
            })
    void filterThatLeavesAPartOfTheKeyOpenIsScanned(String collection, String filter) {
        assertThat(keys(collection, filter)).isNull();
    }

    @Test
    void filterThatContradictsItselfReadsNoRow() {
        assertThat(keys("events", "{'key': {'eq': 'a', 'in': ['b', 'c']}}")).isEmpty();
    }

    @Test
    void moreCombinationsThanTheBoundAreScanned() {
        String many = IntStream.range(0, 101).mapToObj(String::valueOf).toList().toString();

        assertThat(keys("pairs", "{'a': {'in': " + many + "}, 'b': {'in': " + many + "}}"))
                .isNull();
    }

    @Test
    void explainSaysThatRowsAreReadByKey() {
        assertThat(Explain.plan(plan("events", ", 'filter': {'key': 'e1'}"), 1).text())
                .contains("path: KEYS\n")
                .contains("keys: 1\n");
        assertThat(Explain.summary(plan("events", ""), 0)).containsEntry("path", "SCAN");
    }

    @Test
    void keysAreKeptInTheStateOfARequest() {
        PlannedRequest request = Samples.run(plan("pairs", ", 'filter': {'a': 'x', 'b': {'in': [2, 1]}}"));
        ValueWriter out = new ValueWriter();
        PlannedRequestCodec.write(request, out);

        assertThat(PlannedRequestCodec.read(new ValueReader(out.toBytes()))).isEqualTo(request);
    }

    /** Whatever the filter, order, limit and number of shards: the same rows in the same order, cut the same. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answersAsTheScanDoes(long seed) {
        Random random = new Random(seed);
        int shardCount = 1 + random.nextInt(4);
        FakeShards shards = new FakeShards(shardCount, CATALOG);
        for (int i = 0; i < 40; i++) {
            String a = "a" + random.nextInt(4);
            long b = random.nextInt(5);
            Map<String, Object> row = new HashMap<>(Map.of("a", a, "b", b, "c", (long) random.nextInt(3)));
            shards.put("pairs", CompositeKey.join(List.of(a, Long.toString(b))), row);
            String person = Integer.toString(random.nextInt(20));
            shards.put("Person", person, Map.of("name", "n" + random.nextInt(3)));
        }
        for (int i = 0; i < 8; i++) {
            boolean pairs = random.nextBoolean();
            Plan byKey = pairs
                    ? plan("pairs", rest(random, pairFilter(random), "c"))
                    : plan("Person", rest(random, personFilter(random), "name"));
            Plan scan = scanned(byKey);

            Response answer = Runs.run(byKey, shards, shardCount);
            assertThat(Runs.text(answer))
                    .as(Explain.plan(byKey, 1).text())
                    .isEqualTo(Runs.text(Runs.run(scan, shards, shardCount)));
            assertThat(answer.steps().get(0).summary()).containsEntry("path", "KEYS");
        }
    }

    private static ObjectNode pairFilter(Random random) {
        ObjectNode filter = JsonNodeFactory.instance.objectNode();
        if (random.nextInt(4) == 0) {
            filter.set("id", in(random, 5, i -> text("a" + random.nextInt(5) + "|" + i)));
        } else {
            filter.set("a", in(random, 5, i -> text("a" + i)));
            filter.set("b", in(random, 6, i -> JsonNodeFactory.instance.numberNode(i)));
        }
        if (random.nextBoolean()) {
            filter.put("c", random.nextInt(3));
        }
        return filter;
    }

    private static ObjectNode personFilter(Random random) {
        ObjectNode filter = JsonNodeFactory.instance.objectNode();
        filter.set("id", in(random, 22, i -> JsonNodeFactory.instance.numberNode(i)));
        return filter;
    }

    private static JsonNode text(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }

    private static ObjectNode in(Random random, int bound, java.util.function.IntFunction<JsonNode> value) {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        random.ints(1 + random.nextInt(6), 0, bound).mapToObj(value).forEach(values::add);
        ObjectNode in = JsonNodeFactory.instance.objectNode();
        in.set("in", values);
        return in;
    }

    private static String rest(Random random, ObjectNode filter, String field) {
        String order = random.nextBoolean() ? ", 'order_by': '" + field + (random.nextBoolean() ? " desc'" : "'") : "";
        String limit = random.nextBoolean() ? ", 'limit': " + (1 + random.nextInt(8)) : "";
        return ", 'filter': " + filter + order + limit;
    }

    /** Returns the plan without the rule. */
    private static Plan scanned(Plan plan) {
        DocumentScan scan = (DocumentScan) plan.steps().get(0);
        assertThat(scan.keys()).as("keys of " + scan.selection().filter()).isNotNull();
        Step without = new DocumentScan(
                scan.head(),
                scan.collection(),
                scan.selection(),
                null,
                scan.fetch(),
                scan.output(),
                scan.orderBy(),
                scan.limit());
        return new Plan(plan.id(), Arrays.asList(without), plan.renders(), plan.warnings());
    }
}
