package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The savepoints and checkpoints below a data folder. */
final class SavedState {
    private static final String METADATA = "_metadata";

    private final Path dataDir;

    SavedState(Path dataDir) {
        this.dataDir = dataDir;
    }

    Path checkpoints() {
        return dataDir.resolve("checkpoints");
    }

    Path savepoints() {
        return dataDir.resolve("savepoints");
    }

    /** Returns the folder of the newest complete savepoint or checkpoint: its metadata is written last of all. */
    Optional<Path> newest() {
        return Stream.of(checkpoints(), savepoints())
                .filter(Files::isDirectory)
                .flatMap(SavedState::metadataBelow)
                .max(Comparator.comparing(SavedState::modified))
                .map(Path::getParent);
    }

    private static Stream<Path> metadataBelow(Path folder) {
        try (Stream<Path> files = Files.walk(folder, 3)) {
            return files.filter(file -> file.endsWith(METADATA)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoints in " + folder + " cannot be listed", e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException("checkpoint " + file + " cannot be looked at", e);
        }
    }
}
