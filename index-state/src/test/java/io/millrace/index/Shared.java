package io.millrace.index;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data that is not in the project. */
public final class Shared {
    private Shared() {}

    /** Returns the file below the folder that {@code millrace.shared} names; the test is skipped where it is absent. */
    public static Path file(String path) {
        Path file =
                Path.of(System.getProperty("millrace.shared", "shared"), "data").resolve(path);
        // Not AssertJ's, whose proxies take more than a second to make.
        assumeTrue(Files.exists(file), () -> "test data " + file + " is not here");
        return file;
    }
}
