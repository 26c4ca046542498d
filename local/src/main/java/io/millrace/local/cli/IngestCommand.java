package io.millrace.local.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.client.MillraceClient;
import io.millrace.protocol.OffsetToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes events to Kafka. */
@Command(
        name = "ingest",
        description = {
            "Writes events, one JSON object a line, to the event topic.",
            "Prints the offset token of what it wrote: give it to request --min-offsets to read your own writes."
        },
        mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConnectionOptions connection;

    @Parameters(paramLabel = "FILE", description = "NDJSON of events; - for standard input.")
    private String file;

    @Override
    public Integer call() throws IOException {
        AtomicLong count = new AtomicLong();
        try (MillraceClient client = connection.connect();
                BufferedReader lines = InputLines.open(file)) {
            OffsetToken token = client.sendRaw(lines.lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.getBytes(StandardCharsets.UTF_8))
                    .peek(line -> count.incrementAndGet()));
            spec.commandLine().getErr().println(count + " events written");
            spec.commandLine()
                    .getOut()
                    .println(new ObjectMapper().writeValueAsString(new TreeMap<>(token.nextOffsets())));
        }
        return 0;
    }
}
