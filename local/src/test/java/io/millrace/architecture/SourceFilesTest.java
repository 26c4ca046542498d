package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for the source files of the checkout. */
class SourceFilesTest {
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", ".."));
    private static final int LINES_MAX = 500;
    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?(io\\.millrace(?:\\.[a-z]+)*)\\.");

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

    /** Constants are inlined, so that the byte code which ArchUnit reads does not show who uses them. */
    @Test
    void importsOfPackagesHaveNoCycles() throws IOException {
        Map<String, Set<String>> imports = new TreeMap<>();
        for (Path file : mainFiles()) {
            imports.computeIfAbsent(packageOf(file), name -> new TreeSet<>()).addAll(importsOf(file));
        }
        assertThat(imports.get("io.millrace.index.state")).contains("io.millrace.index.store");

        boolean changed = true;
        while (changed) {
            changed = imports.values().removeIf(used -> used.stream().noneMatch(imports::containsKey));
        }

        assertThat(imports)
                .as("packages that import each other, and those above them")
                .isEmpty();
    }

    private static List<Path> mainFiles() throws IOException {
        return javaFiles().stream()
                .filter(file -> ROOT.relativize(file).toString().contains("src/main/"))
                .toList();
    }

    private static String packageOf(Path file) {
        String folder = file.getParent().toString();
        return folder.substring(folder.indexOf("io/millrace")).replace('/', '.');
    }

    /** Returns the other packages of ours that a file imports of, but for the one that ArchitectureTest lets pass. */
    private static Set<String> importsOf(Path file) throws IOException {
        if (file.endsWith("FreshnessCertificate.java")) {
            return Set.of();
        }
        Set<String> packages = new TreeSet<>();
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = IMPORT.matcher(line);
            if (matcher.find() && !matcher.group(1).equals(packageOf(file))) {
                packages.add(matcher.group(1));
            }
        }
        return packages;
    }
}
