package io.millrace.client;

import org.jspecify.annotations.Nullable;

/** Says that Kafka could not be reached, or that no answer came; what Millrace answers is an {@link Answer}. */
public final class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ClientException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
