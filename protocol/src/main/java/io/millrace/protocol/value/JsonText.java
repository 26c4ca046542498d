package io.millrace.protocol.value;

import java.util.Objects;

/** A JSON value (object, array or scalar) kept as its text. */
public record JsonText(String text) {
    public JsonText {
        Objects.requireNonNull(text, "text");
    }

    @Override
    public String toString() {
        return text;
    }
}
