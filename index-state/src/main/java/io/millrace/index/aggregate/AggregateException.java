package io.millrace.index.aggregate;

import io.millrace.protocol.ErrorCode;

/** Ends an aggregation whose result would be wrong or too large. */
public final class AggregateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public AggregateException(ErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    AggregateException(ErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
