package io.millrace.index.shard;

import io.millrace.index.document.VectorFormat;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.VectorIndex;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A version of an index on its way: first what the cursor reads, then the rows that changed meanwhile, until none is
 * left. Then, in the same step, it is complete.
 */
final class IndexBuild {
    private final long version;
    private final long buildOffset;
    private final VectorIndex target;
    private final Cursor cursor;
    private final Function<String, float @Nullable []> current;
    private final BiConsumer<VectorIndex, String> added;
    private final long startMs;
    private final Set<String> touched = new LinkedHashSet<>();
    private boolean read;

    /**
     * @param current reads the vector that a row has now, null if it has none
     * @param added is told of every row that was put
     * @param startMs when it was begun, epoch ms
     */
    IndexBuild(
            long version,
            long buildOffset,
            VectorIndex target,
            Cursor cursor,
            Function<String, float @Nullable []> current,
            BiConsumer<VectorIndex, String> added,
            long startMs) {
        this.version = version;
        this.buildOffset = buildOffset;
        this.target = target;
        this.cursor = cursor;
        this.current = current;
        this.added = added;
        this.startMs = startMs;
    }

    long version() {
        return version;
    }

    /** Returns the offset of the BUILD that asked for it. */
    long buildOffset() {
        return buildOffset;
    }

    VectorIndex target() {
        return target;
    }

    long startMs() {
        return startMs;
    }

    /** Returns whether all rows were read; some that have changed since may be left. */
    boolean isRead() {
        return read;
    }

    /** Notes that the row changed: what the cursor reads of it may be old. */
    void touch(String key) {
        touched.add(key);
    }

    /** Takes at most {@code vectorsMax} vectors and returns whether more are left; complete if not. */
    boolean step(int vectorsMax) {
        int left = vectorsMax;
        for (; !read && left > 0; left--) {
            if (cursor.next()) {
                String key = Bytes.text(cursor.key());
                if (!touched.contains(key)) {
                    target.put(key, VectorFormat.decode(cursor.value()));
                    added.accept(target, key);
                }
            } else {
                read = true;
            }
        }
        for (Iterator<String> all = touched.iterator(); read && left > 0 && all.hasNext(); left--) {
            String key = all.next();
            all.remove();
            float[] vector = current.apply(key);
            if (vector == null) {
                target.remove(key);
            } else {
                target.put(key, vector);
                added.accept(target, key);
            }
        }
        return !read || !touched.isEmpty();
    }
}
