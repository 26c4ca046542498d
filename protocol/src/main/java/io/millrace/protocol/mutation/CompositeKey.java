package io.millrace.protocol.mutation;

import java.util.ArrayList;
import java.util.List;

/** The canonical string of a key of several fields: their values joined by {@code |}; {@code \} escapes both. */
public final class CompositeKey {
    private CompositeKey() {}

    public static String join(List<String> parts) {
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                joined.append('|');
            }
            String part = parts.get(i);
            for (int c = 0; c < part.length(); c++) {
                char character = part.charAt(c);
                if (character == '|' || character == '\\') {
                    joined.append('\\');
                }
                joined.append(character);
            }
        }
        return joined.toString();
    }

    /** Returns the parts that {@link #join} would make {@code key} of. */
    public static List<String> split(String key) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int c = 0; c < key.length(); c++) {
            char character = key.charAt(c);
            if (character == '\\' && c + 1 < key.length()) {
                part.append(key.charAt(++c));
            } else if (character == '|') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(character);
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
