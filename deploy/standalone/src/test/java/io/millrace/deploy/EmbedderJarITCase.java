package io.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.util.ChildFirstClassLoader;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The embedder in process, as docs/deploying.md puts it on a cluster: its jar in lib, the job's in a child-first loader. */
class EmbedderJarITCase {
    private static final String[] PARENT_FIRST = {"java.", "org.slf4j", "io.millrace.inference"};
    private static final Path ROOT = Path.of(System.getProperty("millrace.root", "../.."));

    private static URL jar(String folder, String prefix, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
            Path jar = files.filter(file -> file.getFileName().toString().startsWith(prefix)
                            && file.getFileName().toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
            return jar.toUri().toURL();
        }
    }

    private static int dimensionOfAVector(ClassLoader job) throws Exception {
        Class<?> settingsClass = job.loadClass("io.millrace.inference.EmbedderSettings");
        Object settings = settingsClass.getMethod("of", String.class).invoke(null, "minilm");
        Object factory = job.loadClass("io.millrace.inference.Embedders")
                .getMethod("find", settingsClass, ClassLoader.class)
                .invoke(null, settings, job);
        Object embedder = job.loadClass("io.millrace.inference.EmbedderFactory")
                .getMethod("open", settingsClass)
                .invoke(factory, settings);
        List<?> vectors = (List<?>) job.loadClass("io.millrace.inference.Embedder")
                .getMethod("embed", List.class)
                .invoke(embedder, List.of("a mill by the river"));
        return ((float[]) vectors.get(0)).length;
    }

    /** A restart of the job in the same process has another loader: the native libraries must not be loaded again. */
    @Test
    void jobFindsTheEmbedderAndSoDoesItsRestart() throws Exception {
        URL job = jar("job/target", "millrace-job-", ".jar");
        URL lib = jar("inference-minilm/target", "millrace-inference-minilm-", "-all.jar");
        URL slf4j = LoggerFactory.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader cluster =
                new URLClassLoader(new URL[] {lib, slf4j}, ClassLoader.getPlatformClassLoader())) {
            for (int start = 0; start < 2; start++) {
                try (ChildFirstClassLoader loader =
                        new ChildFirstClassLoader(new URL[] {job}, cluster, PARENT_FIRST, failure -> {})) {
                    assertThat(dimensionOfAVector(loader)).as("start %d", start).isEqualTo(384);
                }
            }
        }
    }
}
