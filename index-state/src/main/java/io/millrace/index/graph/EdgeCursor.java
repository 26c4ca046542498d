package io.millrace.index.graph;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The edges of a vertex in state, with those that waiting changes make or remove. */
final class EdgeCursor implements Cursor {
    private final Cursor stored;
    private final Map<byte[], byte @Nullable []> overlay;
    private final long goneBeforeMs;
    private @Nullable Iterator<Map.Entry<byte[], byte @Nullable []>> added;
    private byte[] key = Bytes.NONE;
    private byte[] value = Bytes.NONE;

    /** @param goneBeforeMs edges in state that were last seen before this are left out */
    EdgeCursor(Cursor stored, Map<byte[], byte @Nullable []> overlay, long goneBeforeMs) {
        this.stored = stored;
        this.overlay = overlay;
        this.goneBeforeMs = goneBeforeMs;
    }

    @Override
    public boolean next() {
        while (added == null && stored.next()) {
            if (EdgeFormat.lastSeenMs(stored.value()) >= goneBeforeMs && !overlay.containsKey(stored.key())) {
                key = stored.key();
                value = stored.value();
                return true;
            }
        }
        if (added == null) {
            added = overlay.entrySet().iterator();
        }
        while (added.hasNext()) {
            Map.Entry<byte[], byte @Nullable []> entry = added.next();
            byte[] made = entry.getValue();
            if (made != null) {
                key = entry.getKey();
                value = made;
                return true;
            }
        }
        return false;
    }

    @Override
    public byte[] key() {
        return key;
    }

    @Override
    public byte[] value() {
        return value;
    }
}
