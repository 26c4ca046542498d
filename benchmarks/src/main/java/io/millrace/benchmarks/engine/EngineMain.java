package io.millrace.benchmarks.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.benchmarks.data.Dataset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of one engine: reads commands from standard input and answers each with one line of JSON. */
public final class EngineMain {
    static final String ANSWER = "ANSWER ";

    private static final ObjectMapper JSON = new ObjectMapper();

    private EngineMain() {}

    /** @param arguments what {@link EngineProcess#arguments} makes */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        Dataset data = Dataset.read(Path.of(arguments[0]));
        EngineSpec spec = new EngineSpec(
                EngineKind.valueOf(arguments[1]),
                data.metric(),
                data.dimension(),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Boolean.parseBoolean(arguments[4]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (EngineWorker worker = new EngineWorker(spec, data)) {
            for (String command = in.readLine(); command != null; command = in.readLine()) {
                out.println(ANSWER + JSON.writeValueAsString(answer(worker, command.split(" "))));
                out.flush();
            }
        }
    }

    private static Object answer(EngineWorker worker, String[] command) {
        switch (command[0]) {
            case "warm-up" -> {
                worker.warmUp();
                return true;
            }
            case "build" -> {
                return worker.build();
            }
            case "restore" -> {
                return worker.restore();
            }
            case "reindex" -> {
                return worker.reindex();
            }
            case "search" -> {
                SearchSetting setting = new SearchSetting(
                        Integer.parseInt(command[1]), Integer.parseInt(command[2]), Double.parseDouble(command[3]));
                return worker.search(setting, Integer.parseInt(command[4]));
            }
            default -> throw new IllegalArgumentException("no command " + command[0]);
        }
    }
}
