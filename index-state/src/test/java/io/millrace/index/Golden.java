package io.millrace.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Committed files that the code must agree with; {@code -Dgolden.update=true} rewrites them, to be read in the diff. */
public final class Golden {
    private static final Path FOLDER =
            Path.of(System.getProperty("millrace.root", ".."), "index-state", "src", "test", "resources", "golden");

    private Golden() {}

    /** Returns the lines of the file; those given where files are to be written. */
    public static List<String> lines(String name, List<String> update) {
        try {
            Path file = FOLDER.resolve(name);
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(FOLDER);
                Files.write(file, update);
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
