package io.millrace.protocol.codec;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What may be a key, and the tombstones that are nothing but one. */
final class EventKeys {
    /** Bytes of a canonical key. */
    static final int BYTES_MAX = 2_048;

    private EventKeys() {}

    /** Returns why {@code key} cannot be a canonical key, or null if it can. */
    static @Nullable Problem check(String path, String key) {
        if (key.length() > BYTES_MAX || (key.length() * 3 > BYTES_MAX && utf8Length(key) > BYTES_MAX)) {
            return Problem.at(ErrorCode.INVALID_KEY, path, "key is longer than " + BYTES_MAX + " bytes");
        }
        return hasLoneSurrogate(key)
                ? Problem.at(ErrorCode.INVALID_KEY, path, "key is not Unicode: it has half of a surrogate pair")
                : null;
    }

    /** Returns the deletion that a record key {@code collection/id} without a value asks for. */
    static Optional<DocumentChange> tombstone(byte[] key) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(key))
                    .toString();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        int slash = text.indexOf('/');
        if (slash < 1 || check("", text.substring(slash + 1)) != null) {
            return Optional.empty();
        }
        return Optional.of(new DocumentChange(
                ChangeKind.DELETE,
                text.substring(0, slash),
                text.substring(slash + 1),
                null,
                false,
                EncodedFields.NONE));
    }

    private static int utf8Length(String key) {
        return StandardCharsets.UTF_8.encode(CharBuffer.wrap(key)).remaining();
    }

    static boolean hasLoneSurrogate(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < key.length() && Character.isLowSurrogate(key.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
