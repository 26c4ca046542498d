package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the source files of the checkout. */
class SourceFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", ".."));
    private static final int LINES_MAX = 500;

    private static List<Path> javaFiles() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
                    .toList();
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noFileIsLongerThanOneCanRead() throws IOException {
        List<Path> files = javaFiles();

        assertThat(files).hasSizeGreaterThan(300);
        assertThat(files)
                .allSatisfy(file -> assertThat(lines(file))
                        .as("lines of " + ROOT.relativize(file))
                        .isLessThanOrEqualTo(LINES_MAX));
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() throws IOException {
        List<Path> packages =
                mainFiles().stream().map(Path::getParent).distinct().toList();

        assertThat(packages).hasSizeGreaterThan(20);
        assertThat(packages)
                .allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                        .content()
                        .contains("@NullMarked")
                        .contains("/**"));
    }

    private static List<Path> mainFiles() throws IOException {
        return javaFiles().stream()
                .filter(file -> ROOT.relativize(file).toString().contains("src/main/"))
                .toList();
    }
}
