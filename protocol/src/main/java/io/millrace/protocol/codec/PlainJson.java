package io.millrace.protocol.codec;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Steps through JSON that is plain: well-formed UTF-8 without escapes, numbers of ordinary length, little nesting. It
 * makes no objects and costs a fifth of a parser. At anything else, right or wrong, it throws: then a parser has the
 * word. What it accepts, Jackson reads in the same way.
 */
final class PlainJson {
    private static final int DEPTH_MAX = 32;
    private static final int NAME_BYTES_MAX = 256;
    private static final int NUMBER_BYTES_MAX = 100;
    private static final int LONG_DIGITS_MAX = 18;
    /** Below it, an integer is exact as a double. */
    private static final long EXACT = 1L << 53;
    /** Powers of ten that are exact as doubles: a quotient of two exact numbers is rounded once, so correctly. */
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18
    };

    private byte[] source = new byte[0];
    private int position;
    private int start;
    private int end;
    private boolean ascii;
    private boolean integer;
    private boolean negative;
    private boolean exponent;
    private int digits;
    private int fractionDigits;
    private long mantissa;

    void reset(byte[] json) {
        source = json;
        position = 0;
    }

    byte[] source() {
        return source;
    }

    int position() {
        return position;
    }

    /** Where the last text or number begins. */
    int start() {
        return start;
    }

    /** Where the last text or number ends. */
    int end() {
        return end;
    }

    /** Returns the last text. */
    String text() {
        return new String(source, start, end - start, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** Whether the last number has neither fraction nor exponent; then it fits a long. */
    boolean isInteger() {
        return integer;
    }

    /** Returns the next byte that is no white space, and stands at it. */
    int peek() throws NotPlainException {
        while (position < source.length) {
            int c = source[position];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c;
            }
            position++;
        }
        throw NotPlainException.INSTANCE;
    }

    void expect(int wanted) throws NotPlainException {
        if (peek() != wanted) {
            throw NotPlainException.INSTANCE;
        }
        position++;
    }

    /** Steps over {@code wanted} if it is next. */
    boolean accept(int wanted) throws NotPlainException {
        boolean found = peek() == wanted;
        if (found) {
            position++;
        }
        return found;
    }

    /** Returns whether another element follows; else steps over {@code close}. */
    boolean more(int close) throws NotPlainException {
        if (accept(',')) {
            return true;
        }
        expect(close);
        return false;
    }

    void expectEnd() throws NotPlainException {
        for (; position < source.length; position++) {
            int c = source[position];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                throw NotPlainException.INSTANCE;
            }
        }
    }

    /** Reads the name of a member and the colon behind it. */
    void name() throws NotPlainException {
        string();
        if (end - start > NAME_BYTES_MAX) {
            throw NotPlainException.INSTANCE;
        }
        expect(':');
    }

    void string() throws NotPlainException {
        expect('"');
        byte[] bytes = source;
        int at = position;
        start = at;
        ascii = true;
        while (at < bytes.length) {
            int c = bytes[at];
            if (c >= ' ' && c != '"' && c != '\\') {
                at++;
            } else if (c < 0) {
                ascii = false;
                at = character(at);
            } else if (c == '"') {
                end = at;
                position = at + 1;
                return;
            } else {
                break;
            }
        }
        throw NotPlainException.INSTANCE;
    }

    /** Returns where the character of several bytes at {@code at} ends; the table is that of the Unicode standard. */
    private int character(int at) throws NotPlainException {
        int c = source[at] & 0xff;
        if (c >= 0xc2 && c <= 0xdf) {
            return rest(at, 0x80, 0xbf, 1);
        } else if (c >= 0xe0 && c <= 0xef) {
            return rest(at, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf, 2);
        } else if (c >= 0xf0 && c <= 0xf4) {
            return rest(at, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf, 3);
        }
        throw NotPlainException.INSTANCE;
    }

    private int rest(int at, int min, int max, int count) throws NotPlainException {
        if (at + count >= source.length || (source[at + 1] & 0xff) < min || (source[at + 1] & 0xff) > max) {
            throw NotPlainException.INSTANCE;
        }
        for (int i = 2; i <= count; i++) {
            if ((source[at + i] & 0xc0) != 0x80) {
                throw NotPlainException.INSTANCE;
            }
        }
        return at + count + 1;
    }

    void number() throws NotPlainException {
        peek();
        start = position;
        negative = source[position] == '-';
        position += negative ? 1 : 0;
        mantissa = 0;
        int first = position;
        digits = digits();
        fractionDigits = 0;
        exponent = false;
        if (digits > 1 && source[first] == '0') {
            throw NotPlainException.INSTANCE;
        }
        if (isAt('.')) {
            position++;
            fractionDigits = digits();
            digits += fractionDigits;
        }
        if (isAt('e') || isAt('E')) {
            position++;
            position += isAt('+') || isAt('-') ? 1 : 0;
            exponent = true;
            digits();
        }
        end = position;
        integer = fractionDigits == 0 && !exponent;
        boolean unusual = integer && (digits > LONG_DIGITS_MAX || (negative && mantissa == 0));
        if (unusual || end - start > NUMBER_BYTES_MAX) {
            throw NotPlainException.INSTANCE;
        }
    }

    private boolean isAt(int c) {
        return position < source.length && source[position] == c;
    }

    /** Adds one or more digits to the mantissa and returns how many. */
    private int digits() throws NotPlainException {
        int from = position;
        while (position < source.length && source[position] >= '0' && source[position] <= '9') {
            mantissa = mantissa * 10 + (source[position++] - '0');
        }
        if (position == from) {
            throw NotPlainException.INSTANCE;
        }
        return position - from;
    }

    /** Returns the last number, which is an integer. */
    long longValue() {
        return negative ? -mantissa : mantissa;
    }

    /** Returns the last number as a double, which is finite. */
    double doubleValue() throws NotPlainException {
        if (integer) {
            return longValue();
        }
        if (!exponent && digits <= LONG_DIGITS_MAX && mantissa < EXACT) {
            double number = mantissa / TENS[fractionDigits];
            return negative ? -number : number;
        }
        double number = Double.parseDouble(new String(source, start, end - start, StandardCharsets.ISO_8859_1));
        if (Double.isInfinite(number)) {
            throw NotPlainException.INSTANCE;
        }
        return number;
    }

    /** Reads {@code true}, {@code false} or {@code null}. */
    @Nullable Boolean literal() throws NotPlainException {
        int c = peek();
        if (c == 't') {
            word("true");
            return true;
        } else if (c == 'f') {
            word("false");
            return false;
        }
        word("null");
        return null;
    }

    private void word(String word) throws NotPlainException {
        if (position + word.length() > source.length) {
            throw NotPlainException.INSTANCE;
        }
        for (int i = 0; i < word.length(); i++) {
            if (source[position++] != word.charAt(i)) {
                throw NotPlainException.INSTANCE;
            }
        }
    }

    /** Steps over a value of any kind. */
    void skip() throws NotPlainException {
        skip(0);
    }

    private void skip(int depth) throws NotPlainException {
        if (depth > DEPTH_MAX) {
            throw NotPlainException.INSTANCE;
        }
        switch (peek()) {
            case '"' -> string();
            case '{', '[' -> skipContainer(depth);
            case 't', 'f', 'n' -> literal();
            default -> number();
        }
    }

    private void skipContainer(int depth) throws NotPlainException {
        boolean object = source[position++] == '{';
        int close = object ? '}' : ']';
        if (accept(close)) {
            return;
        }
        do {
            if (object) {
                name();
            }
            skip(depth + 1);
        } while (more(close));
    }
}
