package io.millrace.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Where Millrace listens.
 *
 * @param kafka settings for every Kafka client, at least {@code bootstrap.servers}
 * @param grace how long behind a request's own timeout the client waits for the answer
 */
public record ClientSettings(
        Map<String, String> kafka, String eventTopic, String requestTopic, String responseTopic, Duration grace) {
    public ClientSettings {
        kafka = Map.copyOf(kafka);
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new IllegalArgumentException("kafka settings need bootstrap.servers");
        }
    }

    /** Returns the settings for the default topics of the broker at {@code bootstrapServers}. */
    public static ClientSettings of(String bootstrapServers) {
        return new ClientSettings(
                Map.of("bootstrap.servers", bootstrapServers),
                "millrace.events",
                "millrace.requests",
                "millrace.responses",
                Duration.ofSeconds(10));
    }

    /** Returns these settings with one more setting for Kafka clients. */
    public ClientSettings with(String name, String value) {
        Map<String, String> all = new HashMap<>(kafka);
        all.put(name, value);
        return new ClientSettings(all, eventTopic, requestTopic, responseTopic, grace);
    }
}
