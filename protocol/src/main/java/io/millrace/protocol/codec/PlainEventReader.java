package io.millrace.protocol.codec;

import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.value.ValueWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event that is nothing but ordinary, as nearly all are, without a parser: {@link PlainJson} says what that
 * means, and besides no name of the envelope stands twice. Whether the members go together is not judged here.
 */
final class PlainEventReader {
    private static final List<byte[]> NAMES = List.of(
            utf8("op"),
            utf8("collection"),
            utf8("id"),
            utf8("fields"),
            utf8("type"),
            utf8("from"),
            utf8("to"),
            utf8("event_type"));
    private static final int FIELDS = 3;
    private static final int COUNT_MAX = 127;

    private final PlainJson json = new PlainJson();
    private final ValueWriter out = new ValueWriter(1024);
    private final Repeated[] repeated = new Repeated[NAMES.size()];
    private final @Nullable String[] texts = new @Nullable String[NAMES.size()];
    private double[] numbers = new double[64];
    private @Nullable EncodedFields fields;

    PlainEventReader() {
        Arrays.setAll(repeated, name -> new Repeated());
    }

    /** Returns whether the event is plain; if not, nothing else of this means anything. */
    boolean read(byte[] event) {
        Arrays.fill(texts, null);
        fields = null;
        json.reset(event);
        try {
            readEnvelope();
            return true;
        } catch (NotPlainException e) {
            return false;
        }
    }

    @Nullable String op() {
        return texts[0];
    }

    @Nullable String collection() {
        return texts[1];
    }

    @Nullable String id() {
        return texts[2];
    }

    @Nullable EncodedFields fields() {
        return fields;
    }

    @Nullable String type() {
        return texts[4];
    }

    @Nullable String from() {
        return texts[5];
    }

    @Nullable String to() {
        return texts[6];
    }

    @Nullable String eventType() {
        return texts[7];
    }

    private void readEnvelope() throws NotPlainException {
        json.expect('{');
        int seen = 0;
        do {
            json.name();
            int name = name();
            int bit = 1 << name;
            if ((seen & bit) != 0) {
                throw NotPlainException.INSTANCE;
            }
            seen |= bit;
            readMember(name);
        } while (json.more('}'));
        json.expectEnd();
    }

    private int name() throws NotPlainException {
        for (int i = 0; i < NAMES.size(); i++) {
            byte[] name = NAMES.get(i);
            if (Arrays.equals(name, 0, name.length, json.source(), json.start(), json.end())) {
                return i;
            }
        }
        throw NotPlainException.INSTANCE;
    }

    private void readMember(int name) throws NotPlainException {
        switch (name) {
            case FIELDS -> readFields();
            case 2, 5, 6 -> texts[name] = key();
            default -> {
                json.string();
                texts[name] = repeated[name].text(json);
            }
        }
    }

    private String key() throws NotPlainException {
        if (json.peek() == '"') {
            json.string();
            if (json.end() - json.start() > EventKeys.BYTES_MAX) {
                throw NotPlainException.INSTANCE;
            }
            return json.text();
        }
        json.number();
        if (!json.isInteger()) {
            throw NotPlainException.INSTANCE;
        }
        return Long.toString(json.longValue());
    }

    private void readFields() throws NotPlainException {
        out.reset();
        out.writeByte(0);
        int count = 0;
        json.expect('{');
        if (!json.accept('}')) {
            do {
                json.name();
                writeText();
                readValue();
                count++;
            } while (json.more('}'));
        }
        if (count > COUNT_MAX) {
            throw NotPlainException.INSTANCE;
        }
        out.buffer()[0] = (byte) count; // A varint of one byte.
        fields = new EncodedFields(out.toBytes());
    }

    private void writeText() {
        int length = json.end() - json.start();
        out.writeVarint(length);
        out.writeRaw(json.source(), json.start(), length);
    }

    private void readValue() throws NotPlainException {
        switch (json.peek()) {
            case '"' -> {
                json.string();
                out.writeByte(ValueWriter.STRING);
                writeText();
            }
            case '[' -> readArray();
            case '{' -> {
                int start = json.position();
                json.skip();
                out.writeJsonValue(json.source(), start, json.position() - start);
            }
            case 't', 'f', 'n' -> out.writeValue(json.literal());
            default -> readNumber();
        }
    }

    private void readNumber() throws NotPlainException {
        json.number();
        if (json.isInteger()) {
            out.writeLongValue(json.longValue());
        } else {
            out.writeDoubleValue(json.doubleValue());
        }
    }

    private void readArray() throws NotPlainException {
        int start = json.position();
        json.expect('[');
        int count = 0;
        if (!json.accept(']')) {
            do {
                int next = json.peek();
                if (next != '-' && (next < '0' || next > '9')) {
                    skipRest();
                    out.writeJsonValue(json.source(), start, json.position() - start);
                    return;
                }
                json.number();
                if (json.isInteger() && Math.abs(json.longValue()) > FieldEncoder.EXACT_INTEGER_MAX) {
                    throw NotPlainException.INSTANCE;
                }
                add(count++, json.doubleValue());
            } while (json.more(']'));
        }
        out.writeNumbersValue(numbers, count);
    }

    private void add(int index, double number) {
        if (index == numbers.length) {
            numbers = Arrays.copyOf(numbers, index * 2);
        }
        numbers[index] = number;
    }

    /** Steps over what is left of an array. */
    private void skipRest() throws NotPlainException {
        do {
            json.skip();
        } while (json.more(']'));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The last text of a member of which most events have the same. */
    private static final class Repeated {
        private byte[] bytes = new byte[0];
        private String text = "";

        String text(PlainJson json) {
            if (!Arrays.equals(bytes, 0, bytes.length, json.source(), json.start(), json.end())) {
                text = json.text();
                bytes = Arrays.copyOfRange(json.source(), json.start(), json.end());
            }
            return text;
        }
    }
}
