package io.millrace.protocol.predicate;

/**
 * The pattern of LIKE: {@code %} stands for any text, {@code _} for one character (a code point), and {@code \} takes the
 * meaning from the one behind it. Every other character stands for itself; the whole text must match.
 */
public final class LikePattern {
    private static final char ANY = '%';
    private static final char ONE = '_';
    private static final char ESCAPE = '\\';

    private LikePattern() {}

    /** Returns whether {@code text} matches, in O(text · pattern) at worst and without recursion. */
    public static boolean matches(String text, String pattern) {
        int at = 0;
        int place = 0;
        int behindAny = -1;
        int retryAt = 0;
        while (at < text.length()) {
            if (place < pattern.length() && pattern.charAt(place) == ANY) {
                place++;
                behindAny = place;
                retryAt = at;
                continue;
            }
            int taken = taken(text, at, pattern, place);
            if (taken > 0) {
                at += taken;
                place = next(pattern, place);
            } else if (behindAny >= 0) {
                // The last % takes one character more.
                retryAt += Character.charCount(text.codePointAt(retryAt));
                at = retryAt;
                place = behindAny;
            } else {
                return false;
            }
        }
        while (place < pattern.length() && pattern.charAt(place) == ANY) {
            place++;
        }
        return place == pattern.length();
    }

    /** Returns how many chars of the text the part of the pattern takes; 0 where it does not match. */
    private static int taken(String text, int at, String pattern, int place) {
        if (place >= pattern.length()) {
            return 0;
        }
        char part = pattern.charAt(place);
        if (part == ONE) {
            return Character.charCount(text.codePointAt(at));
        }
        boolean escaped = part == ESCAPE && place + 1 < pattern.length();
        return text.charAt(at) == (escaped ? pattern.charAt(place + 1) : part) ? 1 : 0;
    }

    private static int next(String pattern, int place) {
        boolean escaped = pattern.charAt(place) == ESCAPE && place + 1 < pattern.length();
        return place + (escaped ? 2 : 1);
    }
}
