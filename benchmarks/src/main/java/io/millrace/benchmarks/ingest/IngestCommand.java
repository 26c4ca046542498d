package io.millrace.benchmarks.ingest;

import static io.millrace.benchmarks.measure.Report.say;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.benchmarks.load.BenchStack;
import io.millrace.benchmarks.load.Echo;
import io.millrace.benchmarks.load.StackOptions;
import io.millrace.benchmarks.load.Target;
import io.millrace.benchmarks.load.WalkRequests;
import io.millrace.benchmarks.measure.Report;
import io.millrace.client.Answer;
import io.millrace.client.RequestBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures ingestion against a bare loop, and requests, checkpoints and restores around it. */
@Command(
        name = "ingest",
        description = {
            "Measures how fast the job takes in documents and edges that wait in Kafka, against a bare loop of"
                    + " poll, parse and RocksDB put over the same topic.",
            "Then: restores, the bytes of incremental checkpoints, and requests during ingestion against requests"
                    + " without."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class IngestCommand implements Callable<Integer> {
    private static final long SEED = 20261121;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Mixin
    private Report report;

    @Option(
            names = "--documents",
            description = "Documents a round; 0 to leave them out, which implies --speed-only.",
            defaultValue = "1000000")
    private long documents;

    @Option(names = "--edges", description = "Edges a round; the same.", defaultValue = "1000000")
    private long edges;

    @Option(names = "--rounds", description = "How often all is measured.", defaultValue = "3")
    private int rounds;

    @Option(
            names = "--warm-up",
            description =
                    "Rounds before those that count: until Java has compiled what runs often, the job is slower than"
                            + " the bare loop, which is less code.",
            defaultValue = "2")
    private int warmUp;

    @Option(names = "--rate", description = "Requests a second, to each of job and echo.", defaultValue = "100")
    private int rate;

    @Option(names = "--seconds", description = "How long requests are sent, idle and busy.", defaultValue = "15")
    private int seconds;

    @Option(
            names = "--backlog",
            description = "Events that the topic is kept ahead during requests under ingestion.",
            defaultValue = "500000")
    private long backlog;

    @Option(names = "--speed-only", description = "Leaves out all that comes behind the speed.")
    private boolean speedOnly;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (BenchStack stack = BenchStack.start(stackOptions);
                Events events = new Events(
                        new EventFiller(stack.stack().bootstrapServers(), topic(stack), SEED),
                        Math.max(1, documents))) {
            stack.run("CREATE COLLECTION orders (id STRING PRIMARY KEY, customer STRING, price DOUBLE, title STRING,"
                    + " tags JSON, n INT)");
            stack.run("CREATE EDGE TYPE BOUGHT_WITH FROM orders TO orders (weight DOUBLE, note STRING, n INT)");
            WalkRequests walks = new WalkRequests("orders", "BOUGHT_WITH");
            JobUnderTest job = new JobUnderTest(stack, walks, stackOptions.parallelism());
            IngestRounds results = new IngestRounds();
            job.look();
            job.stop();
            speed(new Speed(job, events, peers(stack), results, out));
            if (!speedOnly && documents > 0 && edges > 0) {
                around(stack, job, walks, events, results, out);
            }
            openedShards(stack).forEach(line -> say(out, "%s", line));
            finish(results, out);
        }
        return 0;
    }

    private static String topic(BenchStack stack) {
        return stack.stack().config().eventTopics().get(0);
    }

    private Map<Workload, BareLoop> peers(BenchStack stack) throws IOException {
        Map<Workload, BareLoop> peers = new EnumMap<>(Workload.class);
        for (Workload workload : Workload.values()) {
            peers.put(
                    workload,
                    new BareLoop(
                            stack.stack().bootstrapServers(),
                            workload,
                            stack.folder("bare-" + workload),
                            stackOptions.parallelism()));
        }
        return peers;
    }

    private void speed(Speed speed) throws InterruptedException {
        for (int round = 1 - warmUp; round <= rounds; round++) {
            if (documents > 0) {
                speed.round(Workload.DOCUMENTS, documents, round);
            }
            if (edges > 0) {
                speed.round(Workload.EDGES, edges, round);
            }
        }
    }

    private void around(
            BenchStack stack,
            JobUnderTest job,
            WalkRequests walks,
            Events events,
            IngestRounds results,
            PrintWriter out)
            throws InterruptedException {
        Random random = new Random(SEED);
        LongFunction<ObjectNode> walk = number -> walks.walk("d" + random.nextLong(documents), 1);
        job.start();
        Answer model = BenchStack.check(stack.client().ask(RequestBuilder.of(walk.apply(0))));
        job.stop();
        try (Echo echo = Echo.start(stack, model)) {
            List<Target> targets = List.of(new Target("job", stack.client(), walk), echo.target(walk));
            UnderIngest.Settings settings = new UnderIngest.Settings(targets, rate, seconds, backlog);
            UnderIngest underIngest = new UnderIngest(stack, job, events, settings, results, out);
            for (int round = 1; round <= rounds; round++) {
                underIngest.round(round);
            }
        }
    }

    /** Returns what the job logged of opening its shards. */
    private static List<String> openedShards(BenchStack stack) throws IOException {
        try (Stream<String> lines = Files.lines(stack.log())) {
            return lines.filter(line -> line.contains(" opened in ")).toList();
        }
    }

    private void finish(IngestRounds results, PrintWriter out) throws IOException {
        report.setting("benchmark", "ingest")
                .setting("documents", documents)
                .setting("edges", edges)
                .setting("rounds", rounds)
                .setting("warm_up", warmUp)
                .setting("rate", rate)
                .setting("seconds", seconds)
                .setting("backlog", backlog);
        stackOptions.describe(report);
        report.finish(results.figures(), out);
    }
}
