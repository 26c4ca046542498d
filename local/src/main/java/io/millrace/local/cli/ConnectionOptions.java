package io.millrace.local.cli;

import io.millrace.client.ClientSettings;
import io.millrace.client.MillraceClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where Millrace listens, as options of every command that talks to one. */
final class ConnectionOptions {
    @Option(names = "--bootstrap", required = true, description = "The Kafka broker, host:port.")
    private String bootstrap;

    @Option(names = "--events-topic", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "millrace.events")
    private String events;

    @Option(names = "--requests-topic", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "millrace.requests")
    private String requests;

    @Option(
            names = "--responses-topic",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "millrace.responses")
    private String responses;

    @Option(names = "--kafka", description = "A setting of the Kafka clients, as key=value.")
    private Map<String, String> kafka = Map.of();

    MillraceClient connect() {
        Map<String, String> settings = new HashMap<>(kafka);
        settings.put("bootstrap.servers", bootstrap);
        return new MillraceClient(new ClientSettings(settings, events, requests, responses, Duration.ofSeconds(10)));
    }
}
