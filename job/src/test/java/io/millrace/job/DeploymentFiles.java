package io.millrace.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/** The files that deploy the job, the schemas they must satisfy, and what the poms say. */
final class DeploymentFiles {
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", ".."));
    private static final ObjectMapper JSON = new ObjectMapper();

    private DeploymentFiles() {}

    static String text(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a YAML file with its anchors resolved; a key that is there twice is an error. */
    static JsonNode yaml(String file) {
        return parse(text(file));
    }

    static JsonNode parse(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(10_000_000);
        return JSON.valueToTree(new Yaml(options).load(yaml));
    }

    /** Returns a property of the root pom, or of what {@code ${project.version}} is. */
    static String pom(String property) {
        String pom = text("pom.xml");
        String element = property.equals("project.version") ? "version" : property;
        Matcher found =
                Pattern.compile("<" + Pattern.quote(element) + ">([^<]+)<").matcher(pom);
        if (!found.find()) {
            throw new AssertionError("pom.xml has no " + element);
        }
        return found.group(1);
    }

    /** Returns where the build puts the jar of the job, as job/pom.xml says. */
    static String jar() {
        Matcher found = Pattern.compile("<outputFile>([^<]+)</outputFile>").matcher(text("job/pom.xml"));
        if (!found.find()) {
            throw new AssertionError("job/pom.xml names no outputFile");
        }
        return found.group(1)
                .replace("${project.build.directory}", "job/target")
                .replace("${project.version}", pom("project.version"));
    }

    static List<String> composeProblems(JsonNode compose) {
        try (InputStream in = resource("/compose-spec/compose-spec.json")) {
            JsonNode schema = JSON.readTree(in);
            dropOldIds(schema);
            return problems(schema, SpecVersion.VersionFlag.V201909, compose);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns what is wrong with a FlinkDeployment. Kubernetes drops fields that the CRD does not have; here they are
     * problems. The enum of Flink's versions is left out: it is older than the Flink that we use.
     */
    static List<String> flinkDeploymentProblems(JsonNode deployment) {
        try (InputStream in = resource("/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")) {
            JsonNode crd = parse(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            ObjectNode schema = (ObjectNode)
                    crd.path("spec").path("versions").path(0).path("schema").path("openAPIV3Schema");
            ((ObjectNode) schema.at("/properties/spec/properties/flinkVersion")).remove("enum");
            ObjectNode properties = (ObjectNode) schema.get("properties");
            for (String always : List.of("apiVersion", "kind")) {
                properties.putObject(always).put("type", "string");
            }
            properties.putObject("metadata").put("type", "object");
            refuseUnknown(schema);
            return problems(schema, SpecVersion.VersionFlag.V7, deployment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema carries the ids of draft 4, which later drafts do not know. */
    private static void dropOldIds(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("id").isTextual()) {
            object.remove("id");
        }
        schema.forEach(DeploymentFiles::dropOldIds);
    }

    private static void refuseUnknown(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")
                && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            object.put("additionalProperties", false);
        }
        schema.forEach(DeploymentFiles::refuseUnknown);
    }

    private static List<String> problems(JsonNode schemaNode, SpecVersion.VersionFlag version, JsonNode document) {
        JsonSchema schema = JsonSchemaFactory.getInstance(version).getSchema(schemaNode);
        return schema.validate(document).stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(DeploymentFiles.class.getResourceAsStream(name), name);
    }
}
