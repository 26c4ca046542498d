package io.millrace.benchmarks.vectors;

import io.millrace.benchmarks.engine.EngineKind;
import io.millrace.benchmarks.engine.EngineProcess;
import io.millrace.benchmarks.engine.EngineSpec;
import io.millrace.benchmarks.measure.Report;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which Java the engines run, as options of a command. */
final class LaunchOptions {
    @Option(
            names = "--peer-java",
            paramLabel = "PATH",
            description = "A java program for JVector and Lucene, which run fastest on a newer one; from 21 on with the"
                    + " newer Lucene (default: that of this process).")
    private @Nullable Path peerJava;

    @Option(
            names = "--heap",
            description = "Of each engine's process, fixed (default: ${DEFAULT-VALUE}).",
            defaultValue = "2g")
    private String heap = "2g";

    @Option(
            names = "--scalar",
            description = "Millrace's engines without jdk.incubator.vector, as where nobody adds the module.")
    private boolean scalar;

    EngineProcess start(EngineKind kind, Path data, EngineSpec spec) throws IOException {
        Path other = peerJava;
        boolean elsewhere = other != null && kind.isPeer();
        Path own = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> options = new ArrayList<>(List.of(
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+UseG1GC", // As bin/millrace and the deployments do.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Dmillrace.log=" + data.resolve(kind + ".out")));
        if (System.getProperty("os.name").equals("Linux")) {
            options.add("-XX:+UseTransparentHugePages"); // As bin/millrace and the deployments do.
        }
        if (kind.isPeer() || !scalar) {
            options.add("--add-modules=jdk.incubator.vector");
        }
        if (elsewhere) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        return EngineProcess.start(
                new EngineProcess.Launch(
                        other != null && elsewhere ? other : own, elsewhere ? newerPeers() : List.of(), options),
                data,
                spec);
    }

    /** Returns what the build has put aside for a newer Java. */
    private static List<Path> newerPeers() throws IOException {
        Path folder = builtTo().resolveSibling("peer-lib");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.sorted().toList();
        }
    }

    private static Path builtTo() {
        try {
            URI location = LaunchOptions.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return Path.of(location);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no place of this program", e);
        }
    }

    void describe(Report report) {
        report.setting("engine_heap", heap).setting("scalar", scalar);
        if (peerJava != null) {
            report.setting("peer_java", peerJava.toString());
        }
    }
}
