package io.millrace.protocol;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The data sets beside the project, which a checkout alone does not have. */
public final class SharedData {
    private SharedData() {}

    /** Returns a file or folder of the data sets; skips the test where it is not there. */
    public static Path path(String name) {
        Path path = Path.of(System.getProperty("millrace.shared", "../../shared"), "data", name);
        assumeTrue(Files.exists(path), () -> "skipped: " + path + " is not there; set -Dmillrace.shared");
        return path;
    }
}
