package io.millrace.protocol.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of docs/api, and validation against its schemas. */
final class ApiDocs {
    static final Path ROOT = Path.of(System.getProperty("millrace.root", "..")).toAbsolutePath();
    static final Path FOLDER = ROOT.resolve("docs/api");
    static final ObjectMapper JSON = new ObjectMapper();

    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaMappers(mappers -> mappers.mapPrefix(
                    "https://millrace.io/schemas/", FOLDER.toUri().toString())));

    private ApiDocs() {}

    static JsonSchema schema(String name) {
        SchemaValidatorsConfig strict =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        return SCHEMAS.getSchema(SchemaLocation.of("https://millrace.io/schemas/" + name), strict);
    }

    static Set<ValidationMessage> violations(String schema, JsonNode value) {
        return schema(schema).validate(value);
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** Returns the examples whose names start so, at least one, in order. */
    static List<Path> examples(String prefix) {
        try (Stream<Path> files = Files.list(FOLDER.resolve("examples"))) {
            List<Path> examples = files.filter(
                            file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
            if (examples.isEmpty()) {
                throw new IllegalStateException("no example starts with " + prefix);
            }
            return examples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
