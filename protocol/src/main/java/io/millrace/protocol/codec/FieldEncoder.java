package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the values of a JSON object into {@link EncodedFields}, without a tree where it reads from a parser. */
final class FieldEncoder {
    /** Above it, an integer may have rounded to the double that it is compared by. */
    static final double EXACT_INTEGER_MAX = 0x1p53 - 1;

    private final ValueWriter fields = new ValueWriter(1024);
    private final ValueWriter block = new ValueWriter(1024);
    private final String path;
    private double[] numbers = new double[64];

    /** @param path where the object stands in its event, for what is reported of its fields */
    FieldEncoder(String path) {
        this.path = path;
    }

    /**
     * Reads the object that the parser, over {@code source}, stands at the start of. An object or array that is not
     * plain numbers is kept as its text. A number too large for a double, and a text that is not Unicode, is reported.
     */
    EncodedFields encode(JsonParser parser, byte[] source, List<Problem> problems) throws IOException {
        fields.reset();
        int count = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            fields.writeString(parser.currentName());
            encodeValue(parser, parser.nextToken(), source, problems);
            count++;
        }
        return finish(count);
    }

    /** Encodes the fields of a tree, by the same rules. */
    EncodedFields encode(JsonNode object, List<Problem> problems) {
        fields.reset();
        int count = 0;
        for (var entry : object.properties()) {
            String name = entry.getKey();
            Object value = value(entry.getValue());
            if (value instanceof Double number && number.isInfinite()) {
                problems.add(tooLarge(name));
            }
            checkUnicode(name, value instanceof String || value instanceof JsonText ? value.toString() : "", problems);
            fields.writeString(name);
            fields.writeValue(value);
            count++;
        }
        return finish(count);
    }

    /** UTF-8 has no form for half of a surrogate pair: it would be stored as a question mark. */
    private void checkUnicode(String name, String text, List<Problem> problems) {
        if (EventKeys.hasLoneSurrogate(text)) {
            problems.add(Problem.at(
                    ErrorCode.INVALID_VALUE,
                    path + "." + name,
                    "text is not Unicode: it has half of a surrogate pair"));
        }
    }

    private Problem tooLarge(String name) {
        return Problem.at(ErrorCode.INVALID_VALUE, path + "." + name, "number is too large for a DOUBLE");
    }

    private EncodedFields finish(int count) {
        block.reset();
        block.writeVarint(count);
        block.writeRaw(fields.buffer(), 0, fields.length());
        return new EncodedFields(block.toBytes());
    }

    private void encodeValue(JsonParser parser, JsonToken token, byte[] source, List<Problem> problems)
            throws IOException {
        switch (token) {
            case VALUE_STRING -> {
                checkUnicode(parser.currentName(), parser.getText(), problems);
                fields.writeValue(parser.getText());
            }
            case VALUE_TRUE -> fields.writeValue(true);
            case VALUE_FALSE -> fields.writeValue(false);
            case VALUE_NULL -> fields.writeValue(null);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> encodeNumber(parser, token, problems);
            case START_ARRAY -> encodeArray(parser, source);
            case START_OBJECT -> encodeText(parser, source, tokenStart(parser));
            default -> throw new IllegalStateException("unexpected token " + token);
        }
    }

    private void encodeNumber(JsonParser parser, JsonToken token, List<Problem> problems) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            fields.writeLongValue(parser.getLongValue());
            return;
        }
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
            problems.add(tooLarge(parser.currentName()));
        }
        fields.writeDoubleValue(number);
    }

    private void encodeArray(JsonParser parser, byte[] source) throws IOException {
        int start = tokenStart(parser);
        int count = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (!token.isNumeric() || !fitsDouble(parser, token)) {
                skipRest(parser, token);
                encodeSlice(source, start, tokenEnd(parser));
                return;
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, count * 2);
            }
            numbers[count++] = parser.getDoubleValue();
        }
        fields.writeNumbersValue(numbers, count);
    }

    private static boolean fitsDouble(JsonParser parser, JsonToken token) throws IOException {
        return fitsDouble(parser.getDoubleValue(), token == JsonToken.VALUE_NUMBER_INT);
    }

    /** Whether an element of an array keeps its value as a double; a fraction may round, as everywhere. */
    private static boolean fitsDouble(double number, boolean integer) {
        return Math.abs(number) <= (integer ? EXACT_INTEGER_MAX : Double.MAX_VALUE);
    }

    /** Leaves the parser at the end of the array that it is in, before {@code token}'s own end. */
    private static void skipRest(JsonParser parser, JsonToken first) throws IOException {
        for (JsonToken token = first; token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            parser.skipChildren();
        }
    }

    private void encodeText(JsonParser parser, byte[] source, int start) throws IOException {
        parser.skipChildren();
        encodeSlice(source, start, tokenEnd(parser));
    }

    private void encodeSlice(byte[] source, int start, int end) {
        fields.writeJsonValue(source, start, end - start);
    }

    private static int tokenStart(JsonParser parser) {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** The place behind a closing bracket, which is one byte. */
    private static int tokenEnd(JsonParser parser) {
        return tokenStart(parser) + 1;
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL -> null;
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong()
                        ? (Object) node.longValue() // Without the cast both sides become doubles.
                        : (Object) node.doubleValue();
            case ARRAY -> array(node);
            default -> new JsonText(node.toString());
        };
    }

    private static Object array(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode element = node.get(i);
            if (!element.isNumber() || !fitsDouble(element.doubleValue(), element.isIntegralNumber())) {
                return new JsonText(node.toString());
            }
            values[i] = element.doubleValue();
        }
        return values;
    }
}
