package io.millrace.local.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Input that is a file, or standard input for {@code -}. */
final class InputLines {
    private InputLines() {}

    static BufferedReader open(String file) throws IOException {
        InputStream in = file.equals("-") ? System.in : stream(file);
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    static String readAll(String file) throws IOException {
        try (InputStream in = file.equals("-") ? System.in : stream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream stream(String file) throws IOException {
        try {
            return Files.newInputStream(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        }
    }
}
