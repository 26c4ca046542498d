package io.millrace.index;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data that is not in the project. */
public final class Shared {
    private Shared() {}

    /** Returns the file below the folder that {@code millrace.shared} names; the test is skipped where it is absent. */
    public static Path file(String path) {
        Path file =
                Path.of(System.getProperty("millrace.shared", "shared"), "data").resolve(path);
        assumeThat(Files.exists(file)).as("test data " + file + " is here").isTrue();
        return file;
    }
}
