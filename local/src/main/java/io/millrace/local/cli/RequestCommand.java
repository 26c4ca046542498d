package io.millrace.local.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.Answer;
import io.millrace.client.MillraceClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sends requests and prints their answers. */
@Command(
        name = "request",
        description = {
            "Sends a request and prints its answer; exits with 1 if that is an error.",
            "With --file many requests, one JSON object a line, are sent and answered one a line, in their order."
        },
        mixinStandardHelpOptions = true)
final class RequestCommand implements Callable<Integer> {
    /** Requests of a file that are under way at a time. */
    private static final int WINDOW = 64;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConnectionOptions connection;

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    @Option(names = "--explain", description = "none, summary, plan (does not run) or analyze.")
    private @Nullable String explain;

    @Option(names = "--min-offsets", description = "An offset token: the answer contains everything before it.")
    private @Nullable String minOffsets;

    @Option(names = "--timeout", description = "Milliseconds, counted from the broker's timestamp.")
    private @Nullable Long timeoutMs;

    @Option(names = "--output", description = "json or table (default: ${DEFAULT-VALUE}).", defaultValue = "json")
    private Output output;

    /** What to ask. */
    static final class Subject {
        @Option(names = "--plan", description = "A file with a query plan; - for standard input.")
        private @Nullable String plan;

        @Option(names = "--statement", description = "A statement.")
        private @Nullable String statement;

        @Option(names = "--file", description = "NDJSON of requests; - for standard input.")
        private @Nullable String file;
    }

    /** How an answer is printed. */
    enum Output {
        JSON,
        TABLE
    }

    @Override
    public Integer call() throws IOException {
        try (MillraceClient client = connection.connect()) {
            if (subject.file != null) {
                return many(client, subject.file);
            }
            ObjectNode request = JSON.createObjectNode();
            if (subject.plan != null) {
                request.set("plan", object("--plan", InputLines.readAll(subject.plan)));
            } else {
                request.put("statement", subject.statement);
            }
            return print(client.request(complete(request)).join()) ? 0 : 1;
        }
    }

    private int many(MillraceClient client, String file) throws IOException {
        Deque<CompletableFuture<Answer>> open = new ArrayDeque<>();
        boolean good = true;
        try (BufferedReader lines = InputLines.open(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    open.add(client.request(complete(object("--file", line))));
                }
                if (open.size() >= WINDOW) {
                    good &= print(open.remove().join());
                }
            }
        }
        while (!open.isEmpty()) {
            good &= print(open.remove().join());
        }
        return good ? 0 : 1;
    }

    private ObjectNode complete(ObjectNode request) {
        if (explain != null) {
            request.put("explain", explain);
        }
        if (timeoutMs != null) {
            request.put("timeout_ms", timeoutMs);
        }
        if (minOffsets != null) {
            request.withObject("/freshness").set("min_offsets", object("--min-offsets", minOffsets));
        }
        return request;
    }

    /** Prints an answer and returns whether it is none of an error. */
    private boolean print(Answer answer) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> lines = output == Output.TABLE
                ? AnswerTable.render(answer)
                : List.of(answer.json().toString());
        lines.forEach(out::println);
        out.flush();
        return !answer.isError();
    }

    private ObjectNode object(String option, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new ParameterException(spec.commandLine(), option + " is not JSON: " + e.getOriginalMessage(), e);
        }
        throw new ParameterException(spec.commandLine(), option + " is not a JSON object");
    }
}
