package io.millrace.protocol.codec;

/** Says that a text is for Jackson to read: it has an escape, is long, or is wrong. Made once, without a trace. */
final class NotPlainException extends Exception {
    static final NotPlainException INSTANCE = new NotPlainException();

    private static final long serialVersionUID = 1;

    private NotPlainException() {
        super(null, null, false, false);
    }
}
