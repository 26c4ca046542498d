package io.millrace.operators.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** Committed files that the code must agree with; {@code -Dgolden.update=true} rewrites them, to be read in the diff. */
public final class Golden {
    private static final Path FOLDER =
            Path.of(System.getProperty("millrace.root", ".."), "operators", "src", "test", "resources", "golden");

    private Golden() {}

    /** Asserts that the committed text is {@code actual}. */
    public static void verify(String name, String actual) {
        try {
            if (Boolean.getBoolean("golden.update")) {
                Path file = FOLDER.resolve(name);
                Files.createDirectories(file.getParent());
                Files.writeString(file, actual);
            }
            assertThat(actual).as(name).isEqualTo(read(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asserts that the committed bytes, one line {@code name hex} each, are {@code actual}, in the same order. */
    public static void verifyBytes(String name, Map<String, byte[]> actual) {
        StringBuilder lines = new StringBuilder();
        actual.forEach((line, bytes) -> lines.append(line)
                .append(' ')
                .append(HexFormat.of().formatHex(bytes))
                .append('\n'));
        verify(name, lines.toString());
    }

    public static String read(String name) {
        try {
            return Files.readString(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the committed bytes by name, in the order of the file. */
    public static Map<String, byte[]> readBytes(String name) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        read(name).lines().forEach(line -> {
            int space = line.indexOf(' ');
            bytes.put(line.substring(0, space), HexFormat.of().parseHex(line.substring(space + 1)));
        });
        return bytes;
    }
}
