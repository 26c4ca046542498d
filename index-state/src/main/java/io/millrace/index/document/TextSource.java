package io.millrace.index.document;

import io.millrace.index.store.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads of rows the text that their vector is made of, and whether they have the vector. Stands on one row. */
public final class TextSource {
    private final CollectionBinding collection;
    private final int text;
    private final int vector;
    private final RowCursor cursor;

    /**
     * @param text place of the STRING field, which may be of the key
     * @param vector place of the VECTOR field
     */
    public TextSource(CollectionBinding collection, int text, int vector) {
        this.collection = collection;
        this.text = text;
        this.vector = vector;
        cursor = new RowCursor(collection.table().size());
        cursor.want(text);
        cursor.want(vector);
    }

    public CollectionBinding collection() {
        return collection;
    }

    /** Returns the place of the VECTOR field. */
    public int vector() {
        return vector;
    }

    /** Stands on an encoded row. */
    public void read(byte[] key, byte[] row) {
        cursor.reset(key, row, RowFormat.ENTRIES);
    }

    /** Returns the text of the row; null where it has none to embed. */
    public @Nullable String text() {
        return collection.isKey(text) ? ofKey(cursor.keyText()) : embeddable(cursor.value(text));
    }

    public boolean hasVector() {
        return cursor.has(vector);
    }

    /** Returns the text that the event gives the row of {@code key}; null where it gives none to embed. */
    public @Nullable String text(RowDraft draft, String key) {
        return collection.isKey(text) ? ofKey(key) : embeddable(draft.value(text));
    }

    /** Returns whether the event decides what the text is. */
    public boolean decides(RowDraft draft, boolean whole) {
        return whole || collection.isKey(text) || draft.named(text);
    }

    private @Nullable String ofKey(String key) {
        return embeddable(KeyParser.value(collection, key, text));
    }

    private static @Nullable String embeddable(@Nullable Object value) {
        return value instanceof String string && !string.isBlank() ? string : null;
    }

    /** Returns the key as text of the row that was read. */
    public String key() {
        return cursor.keyText();
    }

    /** Returns the vector that the row has now, or null. */
    public float @Nullable [] vector(DocumentStore store, String key) {
        return store.vector(collection, vector, Bytes.utf8(key));
    }
}
