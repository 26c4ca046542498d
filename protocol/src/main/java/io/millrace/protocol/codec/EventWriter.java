package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.EdgeChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the events that Millrace itself sends: deletions of the far ends of edges. */
public final class EventWriter {
    private static final JsonFactory JSON = new JsonFactory();

    private EventWriter() {}

    /** Returns the JSON envelope of an edge change without properties. */
    public static byte[] write(EdgeChange change) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeStringField("op", change.kind() == ChangeKind.DELETE ? "delete_edge" : "upsert_edge");
            out.writeStringField("type", change.type());
            out.writeStringField("from", change.from());
            out.writeStringField("to", change.to());
            if (change.id() != null) {
                out.writeStringField("id", change.id());
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be written", e);
        }
        return bytes.toByteArray();
    }
}
