package io.millrace.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that say what must come out; {@code -Dgolden.update=true} writes them. */
public final class Golden {
    private static final Path DIRECTORY =
            Path.of(System.getProperty("millrace.root", ".."), "planner/src/test/resources/golden");

    private Golden() {}

    public static void check(String file, String text) {
        assertThat(text)
                .isEqualTo(new String(bytes(file, text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8));
    }

    /** Returns the bytes of the file; those given where files are to be written. */
    public static byte[] bytes(String file, byte[] update) {
        Path path = DIRECTORY.resolve(file);
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(DIRECTORY);
                Files.write(path, update);
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
