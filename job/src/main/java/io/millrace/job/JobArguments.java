package io.millrace.job;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.YamlParserUtils;

/**
 * Puts the configuration together: a file ({@code --config FILE}, YAML, nested or flat), over it the environment
 * ({@code MILLRACE_SHARDS} for {@code millrace.shards}), over that {@code -Dkey=value}.
 */
public final class JobArguments {
    private static final String USAGE = "usage: [--config FILE] [-Dkey=value …]";

    private JobArguments() {}

    /** @throws IllegalArgumentException if an argument is unknown or the file cannot be read */
    public static Configuration parse(String[] arguments, Map<String, String> environment) {
        Configuration configuration = new Configuration();
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--config") && i + 1 < arguments.length) {
                addFile(new File(arguments[++i]), configuration);
            } else if (argument.startsWith("-D") && argument.indexOf('=') > 2) {
                given.put(argument.substring(2, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
            } else {
                throw new IllegalArgumentException("unknown argument \"" + argument + "\"; " + USAGE);
            }
        }
        addEnvironment(environment, configuration);
        given.forEach(configuration::setString);
        refuseUnknown(configuration);
        return configuration;
    }

    /** Returns every option, in the order of {@link JobOptions}. */
    public static List<ConfigOption<?>> options() {
        List<ConfigOption<?>> options = new ArrayList<>();
        for (Field field : JobOptions.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                try {
                    options.add((ConfigOption<?>) field.get(null));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException("the options are public", e);
                }
            }
        }
        return options;
    }

    /** Returns the environment variable that sets {@code key}. */
    public static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    private static void addEnvironment(Map<String, String> environment, Configuration configuration) {
        for (ConfigOption<?> option : options()) {
            String value = environment.get(variable(option.key()));
            if (value != null) {
                configuration.setString(option.key(), value);
            }
        }
    }

    private static void refuseUnknown(Configuration configuration) {
        for (String key : configuration.keySet()) {
            if (key.startsWith("millrace.") && options().stream().noneMatch(option -> isKeyOf(option, key))) {
                throw new IllegalArgumentException("unknown key \"" + key + "\"; docs/configuration.md lists all");
            }
        }
    }

    /** The entries of a map may stand under keys of their own. */
    private static boolean isKeyOf(ConfigOption<?> option, String key) {
        return key.equals(option.key())
                || (option.defaultValue() instanceof Map<?, ?> && key.startsWith(option.key() + "."));
    }

    private static void addFile(File file, Configuration configuration) {
        try {
            flatten("", YamlParserUtils.loadYamlFile(file), configuration);
        } catch (Exception e) {
            throw new IllegalArgumentException("configuration file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void flatten(String prefix, Map<?, ?> values, Configuration configuration) {
        values.forEach((name, value) -> {
            String key = prefix.isEmpty() ? name.toString() : prefix + "." + name;
            if (value instanceof Map<?, ?> nested) {
                flatten(key, nested, configuration);
            } else if (value instanceof List<?> list) {
                configuration.setString(
                        key,
                        String.join(";", list.stream().map(Object::toString).toList()));
            } else if (value != null) {
                configuration.setString(key, value.toString());
            }
        });
    }
}
