package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docker-compose.yml, deploy/kubernetes and the standalone cluster's configuration fit the code and the build. */
class DeploymentFilesTest {
    private static final String COMPOSE = "docker-compose.yml";
    private static final String DEPLOYMENT = "deploy/kubernetes/flinkdeployment.yaml";
    private static final String DOCKERFILE = "deploy/kubernetes/Dockerfile";
    private static final String STANDALONE = "deploy/standalone/conf/config.yaml";

    @Test
    void composeFileSatisfiesTheComposeSpecification() {
        assertThat(DeploymentFiles.composeProblems(DeploymentFiles.yaml(COMPOSE)))
                .isEmpty();
    }

    @Test
    void flinkDeploymentSatisfiesTheCrdAndHasNoFieldThatKubernetesWouldDrop() {
        assertThat(DeploymentFiles.flinkDeploymentProblems(DeploymentFiles.yaml(DEPLOYMENT)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/spec", "/spec/job", "/spec/jobManager/resource", "/spec/podTemplate/spec/containers/0"})
    void misspeltFieldOfAFlinkDeploymentIsFound(String at) {
        JsonNode deployment = DeploymentFiles.yaml(DEPLOYMENT);
        ((ObjectNode) deployment.at(at)).put("paralelism", 3);

        assertThat(DeploymentFiles.flinkDeploymentProblems(deployment))
                .singleElement()
                .asString()
                .contains("paralelism");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/services/jobmanager", "/services/kafka/healthcheck"})
    void misspeltFieldOfAComposeFileIsFound(String at) {
        JsonNode compose = DeploymentFiles.yaml(COMPOSE);
        ((ObjectNode) compose.at(at)).put("comand", "x");

        assertThat(DeploymentFiles.composeProblems(compose))
                .anySatisfy(problem -> assertThat(problem).contains("comand"));
    }

    /** The settings of Flink in each file. */
    static Stream<Map.Entry<String, Map<String, String>>> flinkSettings() {
        List<Map.Entry<String, Map<String, String>>> all = new ArrayList<>();
        for (String service : List.of("jobmanager", "taskmanager")) {
            String properties = DeploymentFiles.yaml(COMPOSE)
                    .at("/services/" + service + "/environment/FLINK_PROPERTIES")
                    .asText();
            all.add(Map.entry(COMPOSE + " " + service, texts(DeploymentFiles.parse(properties))));
        }
        all.add(Map.entry(DEPLOYMENT, texts(DeploymentFiles.yaml(DEPLOYMENT).at("/spec/flinkConfiguration"))));
        all.add(Map.entry(STANDALONE, texts(DeploymentFiles.yaml(STANDALONE))));
        return all.stream();
    }

    private static Map<String, String> texts(JsonNode object) {
        assertThat(object.isObject() && !object.isEmpty()).isTrue();
        Map<String, String> texts = new TreeMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    @ParameterizedTest
    @MethodSource("flinkSettings")
    void everySettingOfFlinkIsOneThatItHasWithAValueThatItReads(Map.Entry<String, Map<String, String>> file) {
        Map<String, ConfigOption<?>> known = FlinkKeys.all();
        Configuration configuration = Configuration.fromMap(file.getValue());

        assertThat(known.keySet())
                .hasSizeGreaterThan(300)
                .containsAll(file.getValue().keySet());
        for (String key : file.getValue().keySet()) {
            assertThat(configuration.getOptional(known.get(key))).as(key).isPresent();
        }
    }

    @ParameterizedTest
    @MethodSource("flinkSettings")
    void everyJvmGetsTheFlagsThatTheTestsRunWith(Map.Entry<String, Map<String, String>> file) {
        String flags = file.getValue().get("env.java.opts.all");
        if (file.getKey().equals(STANDALONE)) {
            flags = DeploymentFiles.text("deploy/standalone/cluster.sh");
        }
        assertThat(flags).contains(DeploymentFiles.pom("millrace.jvm.args").split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPOSE, DEPLOYMENT, DOCKERFILE, STANDALONE})
    void everyNameOfMillraceIsAKeyOfTheJobOrATopic(String file) {
        Configuration defaults = new Configuration();
        TreeSet<String> known = new TreeSet<>(List.of(
                defaults.get(JobOptions.TOPICS_RESPONSES),
                defaults.get(JobOptions.TOPICS_CONTROL),
                defaults.get(JobOptions.TOPICS_DEAD_LETTERS)));
        known.addAll(defaults.get(JobOptions.TOPICS_EVENTS));
        known.addAll(defaults.get(JobOptions.TOPICS_REQUESTS));
        JobArguments.options().forEach(option -> {
            known.add(option.key());
            known.add(JobArguments.variable(option.key()));
        });

        String text = DeploymentFiles.text(file).replace(MillraceJob.class.getName(), "");
        assertThat(names(text, "(?<![\\w./])millrace\\.[a-z][a-z.-]+[a-z]|MILLRACE_[A-Z_]+"))
                .isSubsetOf(known);
    }

    private static List<String> names(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @Test
    void environmentsOfBothConfigureAJob() {
        for (String service : List.of("jobmanager", "taskmanager")) {
            JobConfig config = config(texts(DeploymentFiles.yaml(COMPOSE).at("/services/" + service + "/environment")));
            String advertised = DeploymentFiles.yaml(COMPOSE)
                    .at("/services/kafka/environment/KAFKA_ADVERTISED_LISTENERS")
                    .asText();
            assertThat(advertised.split(","))
                    .contains("INSIDE://" + config.kafka().get("bootstrap.servers"));
        }
        Map<String, String> pod = podEnvironment();
        assertThat(config(pod).kafka()).containsKey("bootstrap.servers");
    }

    private static JobConfig config(Map<String, String> environment) {
        return new JobConfig(JobArguments.parse(new String[0], environment));
    }

    private static Map<String, String> podEnvironment() {
        Map<String, String> environment = new HashMap<>();
        DeploymentFiles.yaml(DEPLOYMENT)
                .at("/spec/podTemplate/spec/containers/0/env")
                .forEach(each -> environment.put(
                        each.path("name").asText(), each.path("value").asText()));
        return environment;
    }

    @Test
    void imagesAreOfTheVersionsThatTheBuildUses() {
        String flink = "flink:" + DeploymentFiles.pom("flink.version") + "-java"
                + DeploymentFiles.pom("maven.compiler.release");
        JsonNode services = DeploymentFiles.yaml(COMPOSE).path("services");

        for (String service : List.of("jobmanager", "taskmanager", "state-owner")) {
            assertThat(services.at("/" + service + "/image").asText()).isEqualTo(flink);
        }
        assertThat(services.at("/kafka/image").asText())
                .isEqualTo("apache/kafka:" + DeploymentFiles.pom("kafka.version"));
        assertThat(DeploymentFiles.text(DOCKERFILE)).contains("FROM " + flink + "\n");
        String image = "millrace:" + DeploymentFiles.pom("project.version");
        JsonNode spec = DeploymentFiles.yaml(DEPLOYMENT).path("spec");
        assertThat(spec.path("image").asText()).isEqualTo(image);
        assertThat(DeploymentFiles.text(DOCKERFILE)).contains("-t " + image + " ");
        String[] version = DeploymentFiles.pom("flink.version").split("\\.");
        assertThat(spec.path("flinkVersion").asText()).isEqualTo("v" + version[0] + "_" + version[1]);
    }

    @Test
    void jarIsTheOneThatTheBuildMakesAndIsStartedWhereItIsPut() {
        String inside = "/opt/flink/usrlib/millrace-job.jar";
        for (String service : List.of("jobmanager", "taskmanager")) {
            assertThat(DeploymentFiles.yaml(COMPOSE)
                            .at("/services/" + service + "/volumes/0")
                            .asText())
                    .isEqualTo("./" + DeploymentFiles.jar() + ":" + inside + ":ro");
        }
        assertThat(DeploymentFiles.text(DOCKERFILE)).contains("COPY " + DeploymentFiles.jar() + " " + inside + "\n");
        JsonNode job = DeploymentFiles.yaml(DEPLOYMENT).at("/spec/job");
        assertThat(job.path("jarURI").asText()).isEqualTo("local://" + inside);
        assertThat(job.path("entryClass").asText()).isEqualTo(MillraceJob.class.getName());
        List<String> command = new ArrayList<>();
        DeploymentFiles.yaml(COMPOSE).at("/services/jobmanager/command").forEach(word -> command.add(word.asText()));
        assertThat(command).containsExactly("standalone-job", "--job-classname", MillraceJob.class.getName());
    }

    /** Flink's image has file systems as plugins that are off: without one, the job fails at its first checkpoint. */
    @Test
    void fileSystemsOfAllPathsAreSwitchedOn() {
        boolean needsS3 = texts(DeploymentFiles.yaml(DEPLOYMENT).at("/spec/flinkConfiguration")).values().stream()
                .anyMatch(value -> value.startsWith("s3://"));
        String plugins = podEnvironment().getOrDefault("ENABLE_BUILT_IN_PLUGINS", "");

        assertThat(Arrays.asList(plugins.split(";"))
                        .contains("flink-s3-fs-hadoop-" + DeploymentFiles.pom("flink.version") + ".jar"))
                .isEqualTo(needsS3);
    }
}
