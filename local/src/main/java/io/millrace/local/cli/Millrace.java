package io.millrace.local.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code bin/millrace}. */
@Command(
        name = "millrace",
        description = "Vector, graph and document queries over live events.",
        mixinStandardHelpOptions = true,
        version = "Millrace 0.1.0-SNAPSHOT",
        subcommands = {DemoCommand.class, UpCommand.class, IngestCommand.class, RequestCommand.class},
        footer = {"", "bench NAME runs a benchmark: bin/millrace bench --help lists them."})
public final class Millrace {
    private Millrace() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs a command and returns its exit code: 0 for success, 1 for an answer that is an error, 2 for wrong use. */
    public static int run(String... arguments) {
        return new CommandLine(new Millrace())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(message(failure));
                    return 1;
                })
                .execute(arguments);
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return "millrace: " + (message == null ? failure.toString() : message);
    }
}
