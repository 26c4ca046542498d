package io.millrace.benchmarks.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An engine in a process of its own, so that what Java compiles and keeps for one does not meet another. It does nothing
 * while it is not asked.
 */
public final class EngineProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long EXIT_SECONDS = 20;
    private static final int LOG_LINES = 30;

    private final EngineKind kind;
    private final Process process;
    private final Path log;
    private final Writer commands;
    private final BufferedReader answers;

    /**
     * How processes are started.
     *
     * @param java the program
     * @param classPathFirst put before the class path of this process
     * @param options of Java, such as the heap
     */
    public record Launch(Path java, List<Path> classPathFirst, List<String> options) {}

    private EngineProcess(EngineKind kind, Process process, Path log) {
        this.kind = kind;
        this.log = log;
        this.process = process;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** @param data a folder with a data set */
    public static EngineProcess start(Launch launch, Path data, EngineSpec spec) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(launch.java().toString());
        command.addAll(launch.options());
        command.add("-cp");
        StringBuilder classPath = new StringBuilder();
        launch.classPathFirst().forEach(path -> classPath.append(path).append(File.pathSeparator));
        command.add(classPath.append(System.getProperty("java.class.path")).toString());
        command.add(EngineMain.class.getName());
        command.addAll(arguments(data, spec));
        Path log = data.resolve(spec.kind() + ".log");
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        return new EngineProcess(spec.kind(), process, log);
    }

    static List<String> arguments(Path data, EngineSpec spec) {
        return List.of(
                data.toString(),
                spec.kind().name(),
                Integer.toString(spec.m()),
                Integer.toString(spec.efConstruction()),
                Boolean.toString(spec.heapState()));
    }

    public EngineKind kind() {
        return kind;
    }

    public void warmUp() {
        ask("warm-up", Boolean.class);
    }

    public BuildResult build() {
        return ask("build", BuildResult.class);
    }

    public SearchResult search(SearchSetting setting, int passes) {
        return ask(
                "search " + setting.k() + " " + setting.ef() + " " + setting.alpha() + " " + passes,
                SearchResult.class);
    }

    public RestoreResult restore() {
        return ask("restore", RestoreResult.class);
    }

    public ReindexResult reindex() {
        return ask("reindex", ReindexResult.class);
    }

    private <T> T ask(String command, Class<T> type) {
        try {
            commands.write(command + "\n");
            commands.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith(EngineMain.ANSWER)) {
                    return JSON.readValue(line.substring(EngineMain.ANSWER.length()), type);
                }
            }
            throw new IOException("its process ended:\n" + tail());
        } catch (IOException e) {
            throw new UncheckedIOException(kind + " cannot be measured (" + command + "): " + e.getMessage(), e);
        }
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
