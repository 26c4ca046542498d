package io.millrace.benchmarks.hybrid;

import static io.millrace.benchmarks.measure.Report.say;
import static io.millrace.benchmarks.measure.Statistics.median;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures searches across vectors and graph by every strategy, and how well the planner chooses among them. */
@Command(
        name = "hybrid",
        description = {
            "Measures searches that combine NEAR with MATCH, under each strategy and under the one that the planner"
                    + " chooses, by turns: how often its choice is about as fast as the best, and whether all give the same"
                    + " rows.",
            "The time is that of the coordinator, from plan to answer."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class HybridCommand implements Callable<Integer> {
    private static final int WARM_UP_ROUNDS = 3;
    private static final long STATISTICS_WAIT_MS = 60_000;
    private static final int ASKS_MAX = 7;
    private static final double RUN_MS = 150;
    private static final long STATISTICS_POLL_NANOS = 500_000_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private Report report;

    @Option(names = "--items", description = "Rows with vectors.", defaultValue = "20000")
    private int items;

    @Option(names = "--queries", description = "Different queries.", defaultValue = "60")
    private int queries;

    @Option(names = "--rounds", description = "How often each is asked under each strategy.", defaultValue = "9")
    private int rounds;

    @Option(names = "--seed", description = "Of data and queries.", defaultValue = "1")
    private long seed;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (BenchStack stack = BenchStack.start(stackOptions)) {
            HybridData data = new HybridData(items, seed);
            List<HybridQuery> asked = HybridQuery.some(data, items, queries, seed);
            fill(stack, data, asked.get(0), out);
            List<HybridResult> results = new ArrayList<>();
            asked.forEach(query -> results.add(new HybridResult(query)));
            say(out, "%d queries, %d strategies, %d rounds …", queries, HybridResult.STRATEGIES.size(), rounds);
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                for (HybridQuery query : asked) {
                    HybridResult.STRATEGIES.forEach(strategy -> ask(stack, query, strategy, "none"));
                }
            }
            for (int round = 0; round < rounds; round++) {
                measure(stack, results, round);
            }
            results.forEach(result -> explain(stack, result));
            results.forEach(result -> say(out, "%s", result));
            finish(results, out);
        }
        return 0;
    }

    private void fill(BenchStack stack, HybridData data, HybridQuery first, PrintWriter out) {
        data.create().forEach(stack::run);
        OffsetToken token = stack.client().send(data.events());
        BenchStack.check(stack.client()
                .ask(RequestBuilder.of(first.request("vector_first", "none")).minOffsets(token)));
        long giveUpAtMs = System.currentTimeMillis() + STATISTICS_WAIT_MS;
        while (!hasStatistics(stack, first)) {
            if (System.currentTimeMillis() > giveUpAtMs) {
                throw new IllegalStateException("no statistics came within " + STATISTICS_WAIT_MS + " ms");
            }
            LockSupport.parkNanos(STATISTICS_POLL_NANOS);
        }
        say(out, "%d items are there, and statistics of them", items);
    }

    private static boolean hasStatistics(BenchStack stack, HybridQuery query) {
        JsonNode explain = ask(stack, query, "auto", "plan").json().get("explain");
        return explain.findValuesAsText("reason").contains("least_cost");
    }

    private static void measure(BenchStack stack, List<HybridResult> results, int round) {
        for (HybridResult result : results) {
            for (int i = 0; i < HybridResult.STRATEGIES.size(); i++) {
                String strategy = HybridResult.STRATEGIES.get((i + round) % HybridResult.STRATEGIES.size());
                // What one strategy leaves behind, such as garbage, is not to be the next one's.
                BenchStack.check(stack.client().statement("SELECT id FROM items WHERE id = " + i));
                result.add(strategy, run(stack, result.query(), strategy));
            }
        }
    }

    /** Asks a few times, of which the median is one run: single answers of a few ms tell of the machine. */
    private static List<Answer> run(BenchStack stack, HybridQuery query, String strategy) {
        List<Answer> answers = new ArrayList<>();
        double elapsedMs = 0;
        while (answers.size() < ASKS_MAX && elapsedMs < RUN_MS) {
            Answer answer = ask(stack, query, strategy, "none");
            elapsedMs += HybridResult.elapsedMs(answer);
            answers.add(answer);
        }
        return answers;
    }

    private static void explain(BenchStack stack, HybridResult result) {
        for (String strategy : HybridResult.STRATEGIES) {
            JsonNode explain =
                    ask(stack, result.query(), strategy, "analyze").json().get("explain");
            JsonNode node = explain.findParent("over_fetch_factor");
            result.explained(
                    strategy,
                    node.path("strategy").asText(),
                    node.path("measured").path("strategy").asText());
        }
    }

    private static Answer ask(BenchStack stack, HybridQuery query, String strategy, String explain) {
        return BenchStack.check(stack.client().ask(RequestBuilder.of(query.request(strategy, explain))));
    }

    private void finish(List<HybridResult> results, PrintWriter out) throws IOException {
        Figures figures = new Figures()
                .put("auto_within_1_25_share", share(results, HybridResult::autoIsGood), "share")
                .put("answers_equal_share", share(results, HybridResult::answersAreEqual), "share")
                .put("explain_equals_executed_share", share(results, HybridResult::didAsExplained), "share");
        for (String strategy : HybridResult.STRATEGIES) {
            figures.put(
                    strategy + "_ms",
                    median(results.stream()
                            .map(result -> result.medianMs(strategy))
                            .toList()),
                    "ms");
        }
        report.setting("benchmark", "hybrid")
                .setting("items", items)
                .setting("queries", queries)
                .setting("rounds", rounds)
                .setting("seed", seed);
        stackOptions.describe(report);
        report.finish(figures, out);
    }

    private static double share(List<HybridResult> results, Predicate<HybridResult> good) {
        return (double) results.stream().filter(good).count() / results.size();
    }
}
