package io.millrace.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.description.Formatter;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Writes the generated part of docs/configuration.md: one section for every option, in the order of the code. */
final class ConfigurationPage {
    /** What stands above it is written by hand. */
    static final String MARK = "<!-- Below here everything is made of JobOptions: change it there. -->\n";

    private ConfigurationPage() {}

    static String generated() {
        StringBuilder page = new StringBuilder(MARK);
        for (ConfigOption<?> option : JobArguments.options()) {
            page.append("\n### `").append(option.key()).append("`\n\n");
            page.append(description(option)).append("\n\n");
            page.append("- type: ").append(type(option.defaultValue())).append('\n');
            page.append("- default: ").append(text(option.defaultValue())).append('\n');
            page.append("- environment: `")
                    .append(JobArguments.variable(option.key()))
                    .append("`\n");
        }
        return page.toString();
    }

    private static String description(ConfigOption<?> option) {
        Formatter formatter = new HtmlFormatter();
        return formatter.format(option.description());
    }

    private static String type(@Nullable Object value) {
        if (value instanceof Enum<?> constant) {
            return "one of "
                    + String.join(
                            ", ",
                            Arrays.stream(constant.getDeclaringClass().getEnumConstants())
                                    .map(each -> "`" + each.name().toLowerCase(Locale.ROOT) + "`")
                                    .toList());
        }
        if (value instanceof List<?>) {
            return "list: a YAML list, or separated by `;`";
        }
        if (value instanceof Map<?, ?>) {
            return "map: keys of their own below this one, or `name:value` separated by `,`";
        }
        if (value instanceof Duration) {
            return "duration, such as `10 ms`";
        }
        if (value instanceof MemorySize) {
            return "size, such as `1 mb`";
        }
        return value == null ? "string" : value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "none";
        }
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? "empty"
                    : "`" + String.join(";", list.stream().map(Object::toString).toList()) + "`";
        }
        if (value instanceof Map<?, ?> map && map.isEmpty()) {
            return "empty";
        }
        return "`" + (value instanceof Duration duration ? TimeUtils.formatWithHighestUnit(duration) : plain(value))
                + "`";
    }

    private static String plain(Object value) {
        return value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value.toString();
    }
}
