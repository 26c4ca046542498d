package io.millrace.planner.run;

import static io.millrace.planner.Samples.NOW_MS;
import static io.millrace.planner.Samples.plan;
import static io.millrace.planner.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.planner.Samples;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterComputeTest {
    private static final String EVENTS = step(
            "s1",
            "document.scan",
            "{'collection': 'events', 'project': ['id', 'memberCode', 'amount', 'price', 'success', 'at', 'error']}");

    private static FakeShards sample() {
        FakeShards fake = new FakeShards(2);
        put(fake, "a", "m1", 1L, 0.5, true);
        put(fake, "b", "m2", 2L, 2.0, false);
        put(fake, "c", "m3", null, 3.5, null);
        return fake;
    }

    private static void put(
            FakeShards fake,
            String key,
            String member,
            @org.jspecify.annotations.Nullable Long amount,
            double price,
            @org.jspecify.annotations.Nullable Boolean success) {
        Map<String, Object> row = new HashMap<>(Map.of("memberCode", member, "price", price, "at", NOW_MS));
        if (amount != null) {
            row.put("amount", amount);
        }
        if (success != null) {
            row.put("success", success);
        }
        fake.put("events", key, row);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "amount == 1 # a",
                "amount = 1 or amount = 2 # ab",
                "amount > 1 || price > 3 # bc",
                "amount != 1 # b",
                "not amount = 1 # bc",
                "!(amount = 1) && price >= 2 # bc",
                "amount is null # c",
                "amount IS NOT NULL # ab",
                "amount == null # c",
                "amount != null # ab",
                "amount in (1, 3) # a",
                "amount not in (1, 3) # bc",
                "amount <= price # b",
                "success # a",
                "not success # bc",
                "success == `id` # -",
                "price <> 2 # ac",
                "2 <= price # bc",
                "amount > 0.5 and amount < 1.5 # a",
                "memberCode = ''m2'' # b",
                "s1.memberCode = ''m2'' # b",
                "at > ''2020-01-01'' # abc",
                "`memberCode` in (''m1'', ''m3'') # ac",
            })
    void conditionKeepsTheRowsThatHold(String condition, String expected) {
        assertThat(keys(condition.replace("''", "'"))).isEqualTo(expected);
    }

    private static String keys(String condition) {
        var root = (ObjectNode)
                Samples.json("{'steps': [" + EVENTS + "," + step("f", "compute.filter", "{'input': 's1'}") + "]}");
        ((ObjectNode) root.at("/steps/1/params")).put("condition", condition);
        var plan = Samples.parse(root, Map.of()).plan();
        if (plan == null) {
            return "-";
        }
        StringBuilder keys = new StringBuilder();
        Runs.rows(Runs.run(plan, sample(), 2)).forEach(row -> keys.append(row.get(0)));
        return keys.toString();
    }

    @ParameterizedTest
    @CsvSource({"inner, ab", "left, abc", "semi, ab", "anti, c"})
    void joinTypesDifferInWhatHasNoMatch(String type, String expected) {
        var plan = plan(
                EVENTS,
                step(
                        "s2",
                        "document.scan",
                        "{'collection': 'events', 'project': ['memberCode', 'price'], 'filter': {'price': {'lt': 3}}}"),
                step(
                        "f",
                        "compute.filter",
                        "{'input': 's1', 'join': 's2', 'join_key': 'memberCode', 'join_type': '" + type + "'}"));
        StringBuilder keys = new StringBuilder();
        Runs.rows(Runs.run(plan, sample(), 2)).forEach(row -> keys.append(row.get(0)));

        assertThat(keys.toString()).isEqualTo(expected);
    }

    @Test
    void missingMatchOfACountComparesAsZeroButStaysNull() {
        var plan = plan(
                EVENTS,
                step("s2", "compute.aggregate", "{'input': 's1', 'group_by': 'memberCode'}"),
                step("s3", "compute.filter", "{'input': 's2', 'condition': 'memberCode = \\u0027m1\\u0027'}"),
                step(
                        "f",
                        "compute.filter",
                        "{'input': 's1', 'join': 's3', 'join_key': 'memberCode', 'condition': 's3.count == 0', 'project': ['id', 's3.count']}"));

        assertThat(Runs.rows(Runs.run(plan, sample(), 2)))
                .containsExactly(java.util.Arrays.asList("b", null), java.util.Arrays.asList("c", null));
    }
}
