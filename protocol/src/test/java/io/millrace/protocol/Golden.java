package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Committed files that the code of the module under test must agree with; {@code -Dgolden.update=true} rewrites them, to
 * be read in the diff.
 */
public final class Golden {
    /** Maven names the module's folder; elsewhere tests run in it. */
    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""), "src", "test", "resources", "golden");

    private Golden() {}

    /** Asserts that the committed text is {@code actual}. */
    public static void verify(String name, String actual) {
        update(name, actual.getBytes(StandardCharsets.UTF_8));
        assertThat(actual).as(name).isEqualTo(read(name));
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
        return new String(read(FOLDER.resolve(name)), StandardCharsets.UTF_8);
    }

    /** Returns the committed bytes of a binary file; {@code actual} where files are rewritten. */
    public static byte[] bytes(String name, byte[] actual) {
        update(name, actual);
        return read(FOLDER.resolve(name));
    }

    /** Returns the bytes of a file that only a former version could write. */
    public static byte[] readOnly(String name) {
        return read(FOLDER.resolve(name));
    }

    /** Returns the committed lines; {@code actual} where files are rewritten. */
    public static List<String> lines(String name, List<String> actual) {
        update(name, (String.join("\n", actual) + "\n").getBytes(StandardCharsets.UTF_8));
        return read(name).lines().toList();
    }

    private static void update(String name, byte[] actual) {
        if (!Boolean.getBoolean("golden.update")) {
            return;
        }
        try {
            Path file = FOLDER.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, actual);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
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
