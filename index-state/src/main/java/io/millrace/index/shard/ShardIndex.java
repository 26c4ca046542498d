package io.millrace.index.shard;

import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.FilterFields;
import io.millrace.index.document.VectorFormat;
import io.millrace.index.shard.ShardMeta.BuiltIndex;
import io.millrace.index.shard.ShardMeta.LastBuild;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.vector.FlatIndex;
import io.millrace.index.vector.VectorIndex;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.VectorIndexDefinition;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One vector index in one shard: the version that serves, the one that is built, and the rows whose change waits for
 * either. {@link #changed} is the only way in.
 */
final class ShardIndex {
    private static final Logger LOG = LoggerFactory.getLogger(ShardIndex.class);

    /** Nodes of a graph that one step adds or removes, at some hundred microseconds each. */
    private static final int GRAPH_STEP = 4;

    private static final int FLAT_STEP = 128;

    /** Records that may be left to the barrier. */
    private static final int UNWRITTEN_MAX = 512;

    private static final int WRITE_STEP = 128;

    private final Environment environment;
    private final PendingRows pending;
    private VectorIndexDefinition definition;
    private CollectionBinding collection;
    private int ordinal;
    private FilterFields fields;
    private @Nullable BuiltIndex built;
    private @Nullable VectorIndex index;
    private @Nullable IndexBuild build;
    private @Nullable String failure;
    private LastBuild last;

    /** Offset of the BUILD that was last begun or done. */
    private long asked;

    /** What an index needs of its shard. */
    record Environment(
            int shard,
            VectorEngines engines,
            DocumentStore documents,
            ShardMeta meta,
            AppliedOffsets applied,
            VectorMemory memory,
            LongSupplier clock) {}

    ShardIndex(
            Environment environment,
            PendingRows pending,
            VectorIndexDefinition definition,
            CollectionBinding collection) {
        this.environment = environment;
        this.pending = pending;
        this.definition = definition;
        this.collection = collection;
        ordinal = collection.ordinal(definition.field());
        fields = new FilterFields(collection, definition.filterFields());
        last = environment.meta().lastBuild(definition.id());
        built = environment.meta().built(definition.id());
        if (built == null) {
            begin();
            // One on an empty collection is ready at once.
            runBuild(1);
        } else {
            asked = built.buildOffset();
            VectorIndex stored = environment.engines().open(definition, built.version(), collection.numericKey());
            index = stored;
            if (stored instanceof FlatIndex) {
                fill(stored);
            }
            if (mode() == FreshnessMode.IMMEDIATE || mode() == FreshnessMode.ASYNC) {
                pending.allDue();
            }
            if (!environment.memory().set(this, stored.memoryBytes())) {
                fail("memory");
            }
        }
        rebuildIfAsked();
    }

    /** A flat index is not kept in state: it is made of the rows as they are now, waiting or not. */
    private void fill(VectorIndex flat) {
        Cursor cursor = environment.documents().scanVectors(collection, ordinal);
        while (cursor.next()) {
            flat.put(Bytes.text(cursor.key()), VectorFormat.decode(cursor.value()));
        }
    }

    /** Takes over what a new catalog version says. */
    void bind(VectorIndexDefinition newDefinition, CollectionBinding newCollection) {
        FreshnessMode before = mode();
        definition = newDefinition;
        collection = newCollection;
        ordinal = newCollection.ordinal(newDefinition.field());
        fields = new FilterFields(newCollection, newDefinition.filterFields());
        if (before != mode()) {
            pending.allDue();
            LOG.info(
                    "Vector index \"{}\" on shard {}: {} instead of {}, {} rows to apply",
                    definition.name(),
                    environment.shard(),
                    mode(),
                    before,
                    pending.size());
        }
        rebuildIfAsked();
    }

    private void rebuildIfAsked() {
        if (asked < definition.buildOffset()) {
            begin();
        }
    }

    /** A version has a number of its own, also behind one that is gone. */
    private void begin() {
        long version = last.version() + 1;
        failure = null;
        asked = definition.buildOffset();
        build = new IndexBuild(
                version,
                asked,
                environment.engines().create(definition, version, collection.numericKey()),
                environment.documents().scanVectors(collection, ordinal),
                this::currentVector,
                this::setFields,
                environment.clock().getAsLong());
    }

    /** Takes over a change of other fields of the row. */
    void fieldsChanged(String key) {
        if (index != null) {
            setFields(index, key);
        }
        if (build != null) {
            setFields(build.target(), key);
        }
    }

    private void setFields(VectorIndex target, String key) {
        byte[] row = fields.isEmpty() ? null : environment.documents().row(collection, Bytes.utf8(key));
        if (row != null) {
            target.setFields(key, fields.cut(row));
        }
    }

    /** Returns the fields that are kept beside the vectors. */
    FilterFields fields() {
        return fields;
    }

    private float @Nullable [] currentVector(String key) {
        return environment.documents().vector(collection, ordinal, Bytes.utf8(key));
    }

    VectorIndexDefinition definition() {
        return definition;
    }

    int ordinal() {
        return ordinal;
    }

    /** Returns the version that serves; null while there is none. */
    @Nullable VectorIndex index() {
        return index;
    }

    PendingRows pending() {
        return pending;
    }

    FreshnessMode mode() {
        return definition.freshness().mode();
    }

    long version() {
        return built == null ? 0 : built.version();
    }

    /** Returns what the version that serves surely contains, where later changes do not reach it. */
    OffsetToken covered() {
        return built == null ? OffsetToken.NONE : built.applied();
    }

    /** Returns why no version serves; null if one does. */
    @Nullable String whyNot() {
        return index != null ? null : failure != null ? "failed_" + failure : "building";
    }

    /** Takes over a change of the row; null for a vector that is gone. */
    void changed(String key, float @Nullable [] vector) {
        if (build != null) {
            build.touch(key);
        }
        if (index == null) {
            return;
        }
        switch (mode()) {
            case IMMEDIATE -> {
                pending.remove(key);
                write(key, vector);
            }
            case BATCHED, ASYNC -> wait(key);
            case REBUILD_ONLY -> pending.add(key, environment.clock().getAsLong());
        }
    }

    private void wait(String key) {
        Freshness freshness = definition.freshness();
        pending.add(key, environment.clock().getAsLong());
        if (mode() == FreshnessMode.ASYNC || pending.size() >= freshness.batchRows()) {
            pending.allDue();
        }
        if (pending.size() > freshness.pendingMax()) {
            apply(pending.poll());
        }
    }

    private void apply(@Nullable String key) {
        if (key != null) {
            write(key, currentVector(key));
        }
    }

    private void write(String key, float @Nullable [] vector) {
        VectorIndex target = index;
        if (target == null) {
            return;
        }
        if (vector == null) {
            target.remove(key);
        } else {
            target.put(key, vector);
            setFields(target, key);
        }
        if (!environment.memory().set(this, target.memoryBytes() + buildBytes())) {
            fail("memory");
        }
    }

    private long buildBytes() {
        return build == null ? 0 : build.target().memoryBytes();
    }

    /** Lets go of everything; searches score the vectors in state from now on. */
    private void fail(String reason) {
        LOG.warn(
                "Vector index \"{}\" on shard {} failed: {}; its searches are exact until REINDEX or a restart",
                definition.name(),
                environment.shard(),
                reason);
        if (index != null) {
            index.clear();
        }
        if (build != null) {
            build.target().clear();
        }
        failure = reason;
        index = null;
        build = null;
        built = null;
        pending.clear();
        environment.meta().forgetBuilt(definition.id());
        environment.memory().forget(this);
    }

    /** Returns when {@link #runStep} has something to do: long ago for at once, never for nothing. */
    long nextDueMs() {
        if (build != null || pending.hasDue() || (index != null && index.unwritten() > UNWRITTEN_MAX)) {
            return Long.MIN_VALUE;
        }
        boolean waits = mode() == FreshnessMode.BATCHED && pending.size() > 0;
        return waits ? pending.oldestMs() + definition.freshness().batchMs() : Long.MAX_VALUE;
    }

    /** Builds or applies some, and returns whether more is to be done at once. */
    boolean runStep() {
        if (mode() == FreshnessMode.BATCHED
                && pending.oldestMs()
                        <= environment.clock().getAsLong()
                                - definition.freshness().batchMs()) {
            pending.allDue();
        }
        int step = index instanceof FlatIndex ? FLAT_STEP : GRAPH_STEP;
        if (pending.hasDue() && index != null) {
            for (int i = 0; i < step && index != null; i++) {
                apply(pending.pollDue());
            }
        } else {
            runBuild(step);
        }
        if (index != null && index.unwritten() > UNWRITTEN_MAX) {
            index.flushSome(WRITE_STEP);
        }
        return nextDueMs() == Long.MIN_VALUE;
    }

    private void runBuild(int step) {
        IndexBuild running = build;
        if (running == null) {
            return;
        }
        VectorIndex target = running.target();
        boolean more = running.step(step) || target.unwritten() > UNWRITTEN_MAX;
        // Nodes are linked to again and again until all vectors are in: they are written once, behind that.
        int records = running.isRead() ? WRITE_STEP : Math.min(WRITE_STEP, target.unwrittenVectors());
        if (more && records > 0) {
            target.flushSome(records);
        }
        long serving = index == null ? 0 : index.memoryBytes();
        if (!environment.memory().set(this, serving + target.memoryBytes())) {
            failBuild(target);
        } else if (!more) {
            swap(running);
        }
    }

    /** A build beside a version that serves fails alone. */
    private void failBuild(VectorIndex target) {
        VectorIndex serving = index;
        if (serving == null) {
            fail("memory");
            return;
        }
        LOG.warn(
                "Vector index \"{}\" on shard {}: a build was given up for want of memory; version {} goes on serving",
                definition.name(),
                environment.shard(),
                version());
        target.clear();
        build = null;
        environment.memory().set(this, serving.memoryBytes());
    }

    private void swap(IndexBuild complete) {
        VectorIndex old = index;
        index = complete.target();
        build = null;
        pending.clear();
        last = new LastBuild(complete.version(), Math.max(0, environment.clock().getAsLong() - complete.startMs()));
        built = new BuiltIndex(
                complete.version(),
                complete.buildOffset(),
                environment.applied().token());
        environment.meta().markBuilt(definition.id(), built);
        environment.meta().markLastBuild(definition.id(), last);
        if (old != null) {
            old.clear();
        }
        environment.memory().set(this, index.memoryBytes());
        if (index.size() > 0) {
            LOG.info(
                    "Vector index \"{}\" on shard {}: version {} of {} rows serves, built in {} ms",
                    definition.name(),
                    environment.shard(),
                    complete.version(),
                    index.size(),
                    last.buildMs());
        }
    }

    /** @param waiting rows whose text waits to be embedded */
    IndexStatus status(long rowsInvalid, long rowsDimensionMismatch, long waiting) {
        VectorIndex serving = index;
        boolean frozen = mode() == FreshnessMode.REBUILD_ONLY;
        return new IndexStatus(
                environment.shard(),
                definition.id(),
                serving != null,
                serving == null ? 0 : serving.size(),
                (serving == null ? 0 : serving.memoryBytes()) + buildBytes(),
                rowsInvalid,
                rowsDimensionMismatch,
                state(waiting),
                version(),
                waiting + (frozen ? 0 : pending.size()),
                frozen ? pending.size() : 0,
                serving == null ? 0 : serving.tombstones(),
                last.buildMs());
    }

    private String state(long waiting) {
        if (failure != null) {
            return "FAILED(" + failure + ")";
        }
        if (index == null) {
            return "BUILDING";
        }
        if (mode() == FreshnessMode.REBUILD_ONLY && pending.size() > 0) {
            return "STALE";
        }
        return index.size() == 0 && pending.size() + waiting == 0 ? "EMPTY" : "READY";
    }

    /** Writes what is in memory only, but for a version that is built: after a crash that begins anew. */
    void flush() {
        pending.flush();
        if (index != null) {
            index.flush();
        }
    }

    /** Removes everything from state, for an index that was dropped. */
    void drop() {
        if (index != null) {
            index.clear();
        }
        if (build != null) {
            build.target().clear();
        }
        pending.clear();
        environment.memory().forget(this);
    }
}
