package io.millrace.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;

/** Every option that Flink declares, by its key: the public constants of its option classes. */
final class FlinkKeys {
    private FlinkKeys() {}

    static Map<String, ConfigOption<?>> all() {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        Path jar = Path.of(CoreOptions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        try (JarFile file = new JarFile(jar.toFile())) {
            file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.matches("org/apache/flink/configuration/\\w+Options\\.class"))
                    .forEach(name -> addOptions(name.replace('/', '.').replace(".class", ""), options));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return options;
    }

    private static void addOptions(String className, Map<String, ConfigOption<?>> options) {
        try {
            for (Field field : Class.forName(className).getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    options.put(option.key(), option);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(className, e);
        }
    }
}
