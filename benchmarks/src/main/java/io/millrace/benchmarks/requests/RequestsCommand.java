package io.millrace.benchmarks.requests;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.Echo;
import io.millrace.benchmarks.load.RequestLoad;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.load.Target;
import io.millrace.benchmarks.load.WalkRequests;
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
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the way of a request there and back, against a bare echo over the same broker. */
@Command(
        name = "requests",
        description = {
            "Measures how long requests take, one at a time and at a rate, against a bare Kafka echo with the same"
                    + " client, and what a step costs that depends on the one before.",
            "The request of one step reads the edges of one vertex."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class RequestsCommand implements Callable<Integer> {
    private static final List<Integer> STEPS = List.of(1, 2, 4, 8, 16);
    private static final int VERTICES = 1_000;
    private static final int WARM_UP_WINDOW = 8;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private Report report;

    @Option(names = "--rounds", description = "How often all is measured.", defaultValue = "5")
    private int rounds;

    @Option(names = "--requests", description = "Of each kind in a round, one at a time.", defaultValue = "400")
    private int requests;

    @Option(names = "--rate", description = "Requests a second where they come at a rate.", defaultValue = "500")
    private int rate;

    @Option(names = "--seconds", description = "How long they come at a rate, in a round.", defaultValue = "8")
    private int seconds;

    @Option(names = "--warm-up", description = "Requests of each kind before the first round.", defaultValue = "4000")
    private int warmUp;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (BenchStack stack = BenchStack.start(stackOptions)) {
            WalkRequests walks = ring(stack);
            Answer model = BenchStack.check(stack.client().ask(RequestBuilder.of(walk(walks, 0, 1))));
            try (Echo echo = Echo.start(stack, model)) {
                List<Target> ours = STEPS.stream()
                        .map(steps -> new Target(steps + " steps", stack.client(), n -> walk(walks, n, steps)))
                        .toList();
                measure(ours, echo.target(n -> walk(walks, n, 1)), out);
            }
        }
        return 0;
    }

    /** Creates a ring of vertices, each with one edge to the next, and checks that walks along it do what they should. */
    private static WalkRequests ring(BenchStack stack) {
        stack.run("CREATE COLLECTION places (id STRING PRIMARY KEY)");
        stack.run("CREATE EDGE TYPE NEXT FROM places TO places");
        OffsetToken token = stack.client()
                .send(IntStream.range(0, VERTICES)
                        .mapToObj(i -> JsonNodeFactory.instance
                                .objectNode()
                                .put("op", "upsert_edge")
                                .put("type", "NEXT")
                                .put("from", "p" + i)
                                .put("to", "p" + (i + 1) % VERTICES)));
        WalkRequests walks = new WalkRequests("places", "NEXT");
        for (int steps : STEPS) {
            RequestBuilder request = RequestBuilder.of(walk(walks, 7, steps)).minOffsets(token);
            WalkRequests.checkWork(BenchStack.check(stack.client().ask(request)), steps);
        }
        return walks;
    }

    private static ObjectNode walk(WalkRequests walks, long number, int steps) {
        return walks.walk("p" + number % VERTICES, steps);
    }

    private void measure(List<Target> ours, Target echo, PrintWriter out) throws IOException {
        RequestLoad load = new RequestLoad();
        List<Target> all = new ArrayList<>(ours);
        all.add(echo);
        Report.say(out, "warming up with %d requests of each of %d kinds …", warmUp, all.size());
        load.warmUp(all, warmUp, WARM_UP_WINDOW);
        load.oneAtATime(all, Math.max(1, requests / 4));
        RequestRounds results = new RequestRounds(STEPS);
        for (int round = 1; round <= rounds; round++) {
            results.oneAtATime(load.oneAtATime(all, requests));
            boolean oursFirst = round % 2 == 1;
            List<Target> order = oursFirst ? List.of(ours.get(0), echo) : List.of(echo, ours.get(0));
            var first = load.atRate(List.of(order.get(0)), rate, seconds).get(0);
            var second = load.atRate(List.of(order.get(1)), rate, seconds).get(0);
            results.atRate(oursFirst ? first : second, oursFirst ? second : first);
            Report.say(out, "round %d%n%s", round, results.lastRound());
        }
        report.setting("benchmark", "requests")
                .setting("rounds", rounds)
                .setting("requests", requests)
                .setting("rate", rate)
                .setting("seconds", seconds)
                .setting("warm_up", warmUp);
        stackOptions.describe(report);
        Figures figures = results.figures();
        report.finish(figures, out);
    }
}
