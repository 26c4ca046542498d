package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobArgumentsTest {
    private static final String NESTED = """
            millrace:
              shards: 8
              kafka:
                bootstrap-servers: "a:1,b:2"
                properties:
                  security.protocol: SSL
                  ssl:
                    truststore.location: /etc/trust.jks
              topics:
                events: [people, "orders"]
              fragments:
                slice: 3 ms
            state.backend.type: rocksdb
            """;
    private static final String FLAT = """
            millrace.shards: 8
            millrace.kafka.bootstrap-servers: "a:1,b:2"
            millrace.kafka.properties.security.protocol: SSL
            millrace.kafka.properties.ssl.truststore.location: /etc/trust.jks
            millrace.topics.events: people;orders
            millrace.fragments.slice: 3 ms
            state.backend.type: rocksdb
            """;

    @TempDir
    private Path folder = Path.of("");

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("millrace.yaml"), text).toString();
    }

    private static Configuration parse(Map<String, String> environment, String... arguments) {
        return JobArguments.parse(arguments, environment);
    }

    @ParameterizedTest
    @ValueSource(strings = {NESTED, FLAT})
    void nestedAndFlatFilesSayTheSame(String text) throws IOException {
        Configuration read = parse(Map.of(), "--config", file(text));

        assertThat(read.get(JobOptions.SHARDS)).isEqualTo(8);
        assertThat(read.get(JobOptions.KAFKA_BOOTSTRAP_SERVERS)).isEqualTo("a:1,b:2");
        assertThat(read.get(JobOptions.KAFKA_PROPERTIES))
                .isEqualTo(Map.of("security.protocol", "SSL", "ssl.truststore.location", "/etc/trust.jks"));
        assertThat(read.get(JobOptions.TOPICS_EVENTS)).containsExactly("people", "orders");
        assertThat(read.get(JobOptions.FRAGMENT_SLICE).toMillis()).isEqualTo(3);
        assertThat(read.getString("state.backend.type", "")).isEqualTo("rocksdb");
    }

    @Test
    void environmentOutranksTheFileAndTheCommandLineBoth() throws IOException {
        String file = file("millrace.shards: 2");
        Map<String, String> environment = Map.of("MILLRACE_SHARDS", "4");

        assertThat(parse(Map.of(), "--config", file).get(JobOptions.SHARDS)).isEqualTo(2);
        assertThat(parse(environment, "--config", file).get(JobOptions.SHARDS)).isEqualTo(4);
        assertThat(parse(environment, "-Dmillrace.shards=8", "--config", file).get(JobOptions.SHARDS))
                .isEqualTo(8);
    }

    @Test
    void lastOfTwoEqualKeysOfTheCommandLineCounts() {
        assertThat(parse(Map.of(), "-Dmillrace.shards=1", "-Dmillrace.shards=2").get(JobOptions.SHARDS))
                .isEqualTo(2);
    }

    @Test
    void valueMayHaveEqualsSignsAndBeEmpty() {
        Configuration read = parse(
                Map.of(), "-Dmillrace.kafka.properties.sasl.jaas.config=user=\"a=b\"", "-Dmillrace.events.debezium=");

        assertThat(read.get(JobOptions.KAFKA_PROPERTIES)).containsEntry("sasl.jaas.config", "user=\"a=b\"");
        assertThat(read.get(JobOptions.EVENTS_DEBEZIUM)).isEmpty();
    }

    @Test
    void everyOptionCanBeSetByAVariableOfItsOwn() {
        List<String> variables = JobArguments.options().stream()
                .map(option -> JobArguments.variable(option.key()))
                .toList();

        assertThat(variables).doesNotHaveDuplicates().allMatch(name -> name.matches("MILLRACE_[A-Z_]+"));
        assertThat(parse(Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "a:1")).get(JobOptions.KAFKA_BOOTSTRAP_SERVERS))
                .isEqualTo("a:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Dmillrace.shard=4", "-Dmillrace.shards.count=4", "-Dmillrace.topics.event=a"})
    void unknownKeyOfOursIsRefused(String argument) {
        assertThatThrownBy(() -> parse(Map.of(), argument))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown key \"" + argument.substring(2, argument.indexOf('=')) + "\"")
                .hasMessageContaining("docs/configuration.md");
    }

    @Test
    void keysOfFlinkPass() {
        assertThat(parse(Map.of(), "-Dexecution.checkpointing.interval=1 s").toMap())
                .isEqualTo(Map.of("execution.checkpointing.interval", "1 s"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--shards=4", "-D=4", "-Dmillrace.shards", "--config", "x"})
    void argumentThatIsNoneIsRefusedWithTheUsage(String argument) {
        assertThatThrownBy(() -> parse(Map.of(), argument))
                .hasMessageContaining("unknown argument \"" + argument + "\"")
                .hasMessageContaining("usage: [--config FILE]");
    }

    @Test
    void fileThatCannotBeReadIsNamed() throws IOException {
        assertThatThrownBy(() -> parse(Map.of(), "--config", "/nowhere.yaml")).hasMessageContaining("/nowhere.yaml");
        String file = file("millrace: [");
        assertThatThrownBy(() -> parse(Map.of(), "--config", file)).hasMessageContaining(file);
    }

    @Test
    void optionsAreAllOfJobOptionsAndDescribed() {
        assertThat(JobArguments.options())
                .hasSizeGreaterThan(20)
                .extracting(ConfigOption::key)
                .doesNotHaveDuplicates()
                .allMatch(key -> key.startsWith("millrace."));
    }
}
