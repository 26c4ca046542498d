package io.millrace.inference;

/** A model did not give what was asked of it. */
public final class InferenceException extends Exception {
    private static final long serialVersionUID = 1;

    /** What went wrong, as far as the caller can act on it. */
    public enum Kind {
        /** No answer, or one that says that there will be one later; a retry may help. */
        UNAVAILABLE,
        /** The service understood and refused: a wrong key, an unknown model, a text that is too long. */
        REFUSED,
        /** The answer is not what the protocol promises. */
        MALFORMED,
        /** What the configuration names is not there. */
        NOT_CONFIGURED
    }

    private final Kind kind;

    public InferenceException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public InferenceException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
