package io.millrace.local.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Listens to what one class logs, in this JVM. */
public final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final Lines lines = new Lines();

    /** What has come so far. */
    private static final class Lines extends AbstractAppender {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        Lines() {
            super("lines", null, null, true, Property.EMPTY_ARRAY);
            start();
        }

        @Override
        public void append(LogEvent event) {
            texts.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }

    public LogLines(Class<?> of) {
        logger = (Logger) LogManager.getLogger(of);
        logger.addAppender(lines);
    }

    /** Returns the lines of a level, each as level and message. */
    public List<String> of(Level level) {
        return lines.texts.stream().filter(line -> line.startsWith(level + " ")).toList();
    }

    @Override
    public void close() {
        logger.removeAppender(lines);
        lines.stop();
    }
}
