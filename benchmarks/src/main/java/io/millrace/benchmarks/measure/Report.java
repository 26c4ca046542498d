package io.millrace.benchmarks.measure;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The end of every benchmark, as options of its command. */
public final class Report {
    @Option(names = "--json", paramLabel = "OUT", description = "Writes the figures and settings to this file too.")
    private @Nullable Path json;

    private final Map<String, Object> settings = new LinkedHashMap<>();

    /** Notes a setting of this run. */
    public Report setting(String name, Object value) {
        settings.put(name, value);
        return this;
    }

    /** Notes the machine and the settings that were passed through. */
    public Report machine(Map<String, String> passedThrough) {
        settings.put("cores", Runtime.getRuntime().availableProcessors());
        settings.put("heap_mb", Runtime.getRuntime().maxMemory() >> 20);
        settings.put("java", Runtime.version().toString());
        settings.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        settings.put("D", new TreeMap<>(passedThrough));
        return this;
    }

    /** Prints a line of the run while it goes on. */
    public static void say(PrintWriter out, String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }

    public void finish(Figures figures, PrintWriter out) throws IOException {
        out.println("settings " + settings);
        figures.print(out);
        if (json != null) {
            figures.write(json, settings);
        }
    }
}
