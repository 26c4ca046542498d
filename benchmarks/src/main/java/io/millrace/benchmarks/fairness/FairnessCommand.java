package io.millrace.benchmarks.fairness;

import static io.millrace.benchmarks.measure.Statistics.median;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.RequestLoad;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.load.Target;
import io.millrace.benchmarks.load.WalkRequests;
import io.millrace.benchmarks.measure.Figures;
import io.millrace.benchmarks.measure.Report;
import io.millrace.benchmarks.measure.Samples;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.OffsetToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures small requests beside heavy ones, against the same without. */
@Command(
        name = "fairness",
        description = {
            "Measures how long small requests take, at a rate, while others scan and group all rows of a collection and"
                    + " walk through all of a graph; against the same without those, by turns.",
            "The small request reads the edges of one vertex."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class FairnessCommand implements Callable<Integer> {
    private static final int VERTICES = 20_000;
    private static final int LINKS = 5;
    private static final int BATCH = 10_000;
    private static final int WARM_UP_WINDOW = 4;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private Report report;

    @Option(names = "--rounds", description = "How often all is measured.", defaultValue = "5")
    private int rounds;

    @Option(names = "--documents", description = "Rows that the heavy requests scan.", defaultValue = "200000")
    private int documents;

    @Option(names = "--heavy", description = "Heavy requests under way at a time.", defaultValue = "2")
    private int heavy;

    @Option(
            names = "--kinds",
            split = ",",
            description = "Of heavy requests: count, filter, walk.",
            defaultValue = "count,filter,walk")
    private List<String> kinds = List.of();

    @Option(names = "--rate", description = "Small requests a second.", defaultValue = "100")
    private int rate;

    @Option(names = "--seconds", description = "How long they come, with and without, in a round.", defaultValue = "10")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (BenchStack stack = BenchStack.start(stackOptions);
                MillraceClient neighbour = stack.stack().connect()) {
            fill(stack);
            WalkRequests walks = new WalkRequests("places", "NEXT");
            Target small = new Target("small", neighbour, n -> walks.walk("p" + n % VERTICES, 1));
            RequestLoad load = new RequestLoad();
            load.warmUp(List.of(small), 3_000, WARM_UP_WINDOW);
            measure(stack, load, small, out);
        }
        return 0;
    }

    private void fill(BenchStack stack) {
        stack.run("CREATE COLLECTION logs (id INT PRIMARY KEY, host STRING, path STRING, status INT, agent STRING)");
        stack.run("CREATE COLLECTION places (id STRING PRIMARY KEY)");
        stack.run("CREATE EDGE TYPE NEXT FROM places TO places");
        for (int from = 0; from < documents; from += BATCH) {
            int first = from;
            stack.client()
                    .send(IntStream.range(first, Math.min(documents, first + BATCH))
                            .mapToObj(this::document));
        }
        OffsetToken token = stack.client()
                .send(IntStream.range(0, VERTICES * LINKS)
                        .mapToObj(i -> JSON.objectNode()
                                .put("op", "upsert_edge")
                                .put("type", "NEXT")
                                .put("from", "p" + i % VERTICES)
                                .put("to", "p" + (i * 7_919L + i / VERTICES) % VERTICES)));
        BenchStack.check(stack.client()
                .ask(RequestBuilder.of(HeavyLoad.count("logs", "status")).minOffsets(token)));
    }

    private ObjectNode document(int id) {
        ObjectNode event =
                JSON.objectNode().put("op", "upsert").put("collection", "logs").put("id", id);
        event.putObject("fields")
                .put("host", "10.0." + id % 251 + ".1")
                .put("path", "/articles/" + id % 5_003 + "/a-title-of-some-length.html")
                .put("status", 200 + id % 5)
                .put("agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)");
        return event;
    }

    private static ObjectNode request(String kind) {
        return switch (kind) {
            case "count" -> HeavyLoad.count("logs", "status");
            case "filter" -> HeavyLoad.filter("logs", "path", "/articles/17/a-title-of-some-length.html", "host");
            case "walk" -> HeavyLoad.walk("places", "p0", 6);
            default -> throw new IllegalArgumentException("there is no heavy request \"" + kind + "\"");
        };
    }

    private Samples alone(RequestLoad load, Target small) {
        return load.atRate(List.of(small), rate, seconds).get(0);
    }

    private Samples beside(
            BenchStack stack, RequestLoad load, Target small, List<ObjectNode> requests, List<Double> answered) {
        try (HeavyLoad heavyLoad = new HeavyLoad(stack.client(), requests, heavy)) {
            Samples samples = alone(load, small);
            answered.add(heavyLoad.answered() / (double) seconds);
            return samples;
        }
    }

    private void measure(BenchStack stack, RequestLoad load, Target small, PrintWriter out) throws IOException {
        List<ObjectNode> requests = kinds.stream().map(FairnessCommand::request).toList();
        List<Samples> alone = new ArrayList<>();
        List<Samples> beside = new ArrayList<>();
        List<Double> p50 = new ArrayList<>();
        List<Double> p99 = new ArrayList<>();
        List<Double> answered = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            boolean aloneFirst = round % 2 == 0;
            Samples first = aloneFirst ? alone(load, small) : beside(stack, load, small, requests, answered);
            Samples second = aloneFirst ? beside(stack, load, small, requests, answered) : alone(load, small);
            Samples without = aloneFirst ? first : second;
            Samples with = aloneFirst ? second : first;
            Report.say(
                    out,
                    "round %d%n  alone  %s%n  beside %s  (%.1f heavy/s)",
                    round,
                    without,
                    with,
                    answered.get(round));
            if (round > 0) { // The first warms up.
                alone.add(without);
                beside.add(with);
                p50.add(with.p50Ms() / without.p50Ms());
                p99.add(with.p99Ms() / without.p99Ms());
            }
        }
        Figures figures = new Figures()
                .put("alone_p50_ms", median(alone.stream().map(Samples::p50Ms).toList()), "ms")
                .put("alone_p99_ms", median(alone.stream().map(Samples::p99Ms).toList()), "ms")
                .put(
                        "neighbour_p50_ms",
                        median(beside.stream().map(Samples::p50Ms).toList()),
                        "ms")
                .put(
                        "neighbour_p99_ms",
                        median(beside.stream().map(Samples::p99Ms).toList()),
                        "ms")
                .put("neighbour_p50_ratio", median(p50), "x")
                .put("neighbour_p99_ratio", median(p99), "x")
                .put("heavy_per_s", median(answered.subList(1, answered.size())), "1/s");
        report.setting("benchmark", "fairness")
                .setting("rounds", rounds)
                .setting("documents", documents)
                .setting("heavy", heavy)
                .setting("kinds", kinds)
                .setting("rate", rate)
                .setting("seconds", seconds);
        stackOptions.describe(report);
        report.finish(figures, out);
    }
}
