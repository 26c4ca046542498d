package io.millrace.benchmarks;

import io.millrace.benchmarks.fairness.FairnessCommand;
import io.millrace.benchmarks.hybrid.HybridCommand;
import io.millrace.benchmarks.ingest.IngestCommand;
import io.millrace.benchmarks.requests.RequestsCommand;
import io.millrace.benchmarks.scan.ScanCommand;
import io.millrace.benchmarks.search.FilteredCommand;
import io.millrace.benchmarks.search.SearchCommand;
import io.millrace.benchmarks.stream.StreamCommand;
import io.millrace.benchmarks.vectors.VectorsCommand;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/millrace bench}. */
@Command(
        name = "bench",
        description = {
            "Measures Millrace against bare peers in the same run; docs/benchmarks.md says how to read it.",
            "Every benchmark ends with lines FIGURE name value unit."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            RequestsCommand.class,
            IngestCommand.class,
            VectorsCommand.class,
            StreamCommand.class,
            SearchCommand.class,
            FilteredCommand.class,
            ScanCommand.class,
            FairnessCommand.class,
            HybridCommand.class
        })
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof IOException)) {
                        throw failure;
                    }
                    command.getErr().println("bench: " + message((IOException) failure));
                    return 1;
                })
                .execute(arguments));
    }

    private static String message(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + " is not there";
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
