package io.millrace.index.shard;

import io.millrace.index.cluster.ClusterStores;
import io.millrace.index.document.CollectionBinding;
import io.millrace.index.document.DocumentReader;
import io.millrace.index.document.DocumentStore;
import io.millrace.index.document.DroppedCollection;
import io.millrace.index.document.DroppedCounters;
import io.millrace.index.document.KeyParser;
import io.millrace.index.document.RowDraft;
import io.millrace.index.graph.DroppedEdges;
import io.millrace.index.graph.EdgeBinding;
import io.millrace.index.graph.GraphStore;
import io.millrace.index.shard.ShardMeta.SeenCollection;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.ShardStorage;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.OffsetToken;
import io.millrace.protocol.Problem;
import io.millrace.protocol.ShardRouting;
import io.millrace.protocol.catalog.EdgeType;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentOperation.FetchDocuments;
import io.millrace.protocol.fragment.FragmentOperation.SearchVectors;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EdgeChange;
import io.millrace.protocol.mutation.ProgressMarker;
import io.millrace.protocol.mutation.RoutedMutation;
import io.millrace.protocol.mutation.SourcePosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One shard: its rows, edges, indexes and positions, and how changes reach them. Used by one thread. */
final class Shard {
    /** Entries of dropped things and edges that one background step is about. */
    private static final int BACKGROUND_STEP = 128;

    private final int number;
    private final ShardSettings settings;
    private final ShardOutputs outputs;
    private final DroppedCounters counters = new DroppedCounters();
    private final DocumentReader reader = new DocumentReader(counters);
    private final RowDraft draft = new RowDraft();
    private final AppliedOffsets applied;
    private final ShardMeta meta;
    private final DocumentStore documents;
    private final GraphStore graph;
    private final ShardIndexes indexes;
    private final ShardEmbeddings embeddings;
    private final LongSupplier clock;
    private final ShardClusters clusters;
    private final Map<Long, SeenCollection> seen = new HashMap<>();
    private final Map<Long, DroppedCollection> dropped = new TreeMap<>();
    private final Set<Long> seenEdgeTypes;
    private final Map<Long, DroppedEdges> droppedEdges = new TreeMap<>();
    private final Retention retention;
    private final ShardStatistics statistics;
    private BoundCatalog catalog = BoundCatalog.EMPTY;

    /** What all shards of a subtask share. */
    record Surroundings(
            ShardSettings settings,
            ShardOutputs outputs,
            TextEmbedder embedder,
            VectorMemory vectorMemory,
            LongSupplier clock,
            LongSupplier stopwatch) {}

    Shard(int number, ShardStorage storage, Surroundings surroundings) {
        this.number = number;
        settings = surroundings.settings();
        outputs = surroundings.outputs();
        clock = surroundings.clock();
        meta = new ShardMeta(storage.open(StateNames.SHARD_META));
        meta.checkOrWriteShape(settings.shardCount(), settings.maxParallelism());
        meta.seen().forEach(collection -> seen.put(collection.id(), collection));
        seenEdgeTypes = new HashSet<>(meta.seenEdgeTypes());
        applied = new AppliedOffsets(storage.open(StateNames.APPLIED), settings.topics());
        documents = new DocumentStore(storage, clock);
        retention = new Retention(documents);
        graph = new GraphStore(storage, clock);
        statistics = new ShardStatistics(
                number,
                documents,
                graph,
                settings.statisticsIntervalMs(),
                clock,
                surroundings.stopwatch(),
                outputs::statistics);
        clusters = new ShardClusters(number, settings.clusters(), ClusterStores.open(storage), documents);
        indexes = new ShardIndexes(
                storage,
                new ShardIndex.Environment(
                        number,
                        new VectorEngines(storage),
                        documents,
                        meta,
                        applied,
                        surroundings.vectorMemory(),
                        clock));
        embeddings = new ShardEmbeddings(
                new ShardEmbeddings.Environment(number, settings.topics(), documents, indexes, surroundings.embedder()),
                storage.open(StateNames.VECTOR_EMBEDDING));
    }

    int number() {
        return number;
    }

    AppliedOffsets applied() {
        return applied;
    }

    DocumentStore documents() {
        return documents;
    }

    GraphStore graph() {
        return graph;
    }

    ShardClusters clusters() {
        return clusters;
    }

    DroppedCounters counters() {
        return counters;
    }

    ShardStatistics statistics() {
        return statistics;
    }

    ShardEmbeddings embeddings() {
        return embeddings;
    }

    @Nullable ShardIndex index(@Nullable Long id) {
        return id == null ? null : indexes.get(id);
    }

    /** Returns how every vector index stands here, by id. */
    List<IndexStatus> indexStatus() {
        List<IndexStatus> status = new ArrayList<>();
        for (ShardIndex index : indexes.all()) {
            CollectionBinding collection = catalog.collection(index.definition().collection());
            long collectionId = collection == null ? -1 : collection.id();
            status.add(index.status(
                    counters.invalidVectors(collectionId, index.ordinal()),
                    counters.dimensionMismatches(collectionId, index.ordinal()),
                    embeddings.pending(collectionId, index.ordinal())));
        }
        return status;
    }

    /** Returns whether the vectors that the fragment searches, or reads by key, are there as far as its token demands. */
    boolean hasEmbedded(Fragment fragment) {
        OffsetToken token = fragment.minOffsets();
        if (token.isEmpty()) {
            return true;
        }
        if (fragment.operation() instanceof SearchVectors search) {
            return hasEmbedded(search.selection().collectionId(), List.of(search.field()), token);
        }
        return !(fragment.operation() instanceof FetchDocuments fetch)
                || hasEmbedded(fetch.selection().collectionId(), fetch.columns(), token);
    }

    private boolean hasEmbedded(long collectionId, List<String> fields, OffsetToken token) {
        CollectionBinding collection = catalog.collection(collectionId);
        return collection == null
                || fields.stream().allMatch(field -> embeddings.covers(collectionId, collection.ordinal(field), token));
    }

    /** Returns whether the rows and vertices of this key are here. */
    boolean owns(String key) {
        return ShardRouting.shardOf(key, settings.shardCount()) == number;
    }

    void bind(BoundCatalog newCatalog) {
        catalog = newCatalog;
        bindCollections(newCatalog);
        bindEdgeTypes(newCatalog);
        graph.bind(newCatalog.edgeTypes());
        indexes.bind(newCatalog);
        retention.bind(newCatalog);
        statistics.bind(newCatalog);
        embeddings.bind(newCatalog);
        clusters.bind(newCatalog);
    }

    private void bindCollections(BoundCatalog newCatalog) {
        for (CollectionBinding collection : newCatalog.collections()) {
            SeenCollection now = new SeenCollection(
                    collection.id(), collection.bucketed(), collection.table().size());
            if (!now.equals(seen.put(now.id(), now))) {
                meta.see(now);
            }
        }
        for (SeenCollection collection : seen.values()) {
            boolean gone =
                    collection.id() < newCatalog.catalog().version() && newCatalog.collection(collection.id()) == null;
            if (gone && !dropped.containsKey(collection.id())) {
                dropped.put(
                        collection.id(),
                        documents.dropped(collection.id(), collection.bucketed(), collection.fieldCount()));
            }
        }
    }

    private void bindEdgeTypes(BoundCatalog newCatalog) {
        Set<Long> defined = new HashSet<>();
        for (EdgeType type : newCatalog.catalog().edgeTypes().values()) {
            defined.add(type.id());
            if (seenEdgeTypes.add(type.id())) {
                meta.seeEdgeType(type.id());
            }
        }
        for (long id : seenEdgeTypes) {
            if (id < newCatalog.catalog().version() && !defined.contains(id)) {
                droppedEdges.computeIfAbsent(id, graph::dropped);
            }
        }
    }

    void apply(ProgressMarker marker) {
        applied.advance(marker.position());
    }

    /** Applies a mutation once: one that was applied before changes nothing, one that does not fit is a dead letter. */
    void apply(RoutedMutation routed) {
        int copy = routed.reverse() ? AppliedOffsets.REVERSE : AppliedOffsets.FORWARD;
        if (!applied.admit(routed.position(), copy, copy | copiesOf(routed))) {
            return;
        }
        List<Problem> problems = routed.mutation() instanceof DocumentChange change
                ? apply(change, routed.position())
                : apply((EdgeChange) routed.mutation(), routed);
        // Of the two copies of an edge the first speaks.
        if (!problems.isEmpty() && !routed.reverse()) {
            outputs.deadLetter(deadLetter(routed, problems));
        }
    }

    /** Both copies of an edge whose ends are here come here. Of one end it is known: its copy came. */
    private int copiesOf(RoutedMutation routed) {
        return routed.mutation() instanceof EdgeChange edge && owns(routed.reverse() ? edge.from() : edge.to())
                ? AppliedOffsets.FORWARD | AppliedOffsets.REVERSE
                : 0;
    }

    private List<Problem> apply(DocumentChange change, SourcePosition position) {
        CollectionBinding collection = catalog.collection(change.collection());
        if (collection == null) {
            return List.of(catalog.noCollection(change.collection()));
        }
        if (change.kind() == ChangeKind.DELETE) {
            return delete(collection, change);
        }
        reader.read(collection, catalog.catalog(), change, draft);
        if (!draft.problems().isEmpty()) {
            return draft.problems();
        }
        byte[] key = Bytes.utf8(change.key());
        boolean whole = change.kind() == ChangeKind.UPSERT;
        if (!whole && documents.isGone(collection, key)) {
            // What is not named must not come back with the row.
            remove(collection, key);
        }
        embeddings.beforeChange(collection, change.key(), draft, whole, position);
        if (whole) {
            documents.upsert(collection, key, draft, position.timestampMs());
        } else {
            documents.patch(collection, key, draft, position.timestampMs());
        }
        indexes.changed(collection, change.key(), draft, whole);
        clusters.changed(collection, key, draft, whole);
        statistics.changed(collection);
        return List.of();
    }

    private List<Problem> delete(CollectionBinding collection, DocumentChange change) {
        Problem problem = KeyParser.check(collection, change.key());
        if (problem != null) {
            return List.of(problem);
        }
        remove(collection, Bytes.utf8(change.key()));
        if (change.withEdges()) {
            graph.deleteVertex(change.collection(), change.key(), outputs::event);
        }
        return List.of();
    }

    private void remove(CollectionBinding collection, byte[] key) {
        String text = Bytes.text(key);
        documents.delete(collection, key);
        indexes.deleted(collection, text);
        embeddings.deleted(collection, text);
        clusters.deleted(collection, key);
        statistics.changed(collection);
    }

    private List<Problem> apply(EdgeChange change, RoutedMutation routed) {
        EdgeBinding type = catalog.edgeType(change.type());
        if (type == null) {
            return List.of(catalog.noEdgeType(change.type()));
        }
        List<Problem> problems = new ArrayList<>();
        graph.write(type, change, routed.reverse(), routed.position().timestampMs(), problems);
        statistics.changed(catalog.collection(
                routed.reverse() ? type.type().toCollection() : type.type().fromCollection()));
        return problems;
    }

    // NullAway does not see in class files that an array parameter may be null.
    @SuppressWarnings("NullAway")
    private DeadLetter deadLetter(RoutedMutation routed, List<Problem> problems) {
        SourcePosition position = routed.position();
        return new DeadLetter(
                settings.topics().get(position.topic()),
                position.partition(),
                position.offset(),
                position.timestampMs(),
                problems,
                routed.rawKey().length == 0 ? null : routed.rawKey(),
                routed.rawValue().length == 0 ? null : routed.rawValue());
    }

    /**
     * Does one step of what waits: due edges, indexes that are built, dropped things, rows and edges past their
     * retention. Returns whether more waits.
     */
    boolean runBackgroundStep() {
        boolean more = graph.applyDue(BACKGROUND_STEP);
        more |= indexes.runStep();
        more |= embeddings.runStep(clock.getAsLong());
        if (!dropped.isEmpty()) {
            removeDropped();
        } else if (!droppedEdges.isEmpty()) {
            removeDroppedEdges();
        }
        retention.removeSome(BACKGROUND_STEP, this::remove);
        graph.removeExpired(BACKGROUND_STEP);
        clusters.runStep();
        statistics.runStep();
        return more || hasWork();
    }

    private boolean hasWork() {
        return !dropped.isEmpty()
                || !droppedEdges.isEmpty()
                || clusters.hasWork()
                || statistics.hasWork()
                || hasExpired();
    }

    private boolean hasExpired() {
        return retention.isDue() || graph.hasExpired();
    }

    private void removeDroppedEdges() {
        Map.Entry<Long, DroppedEdges> first = droppedEdges.entrySet().iterator().next();
        if (!first.getValue().removeSome(BACKGROUND_STEP)) {
            droppedEdges.remove(first.getKey());
            seenEdgeTypes.remove(first.getKey());
            meta.forgetEdgeType(first.getKey());
        }
    }

    private void removeDropped() {
        Map.Entry<Long, DroppedCollection> first = dropped.entrySet().iterator().next();
        if (!first.getValue().removeSome(BACKGROUND_STEP)) {
            dropped.remove(first.getKey());
            seen.remove(first.getKey());
            meta.forgetCollection(first.getKey());
        }
    }

    /** Returns when a background step has something to do: long ago for at once, never for nothing. */
    long nextDueMs() {
        return hasWork()
                ? Long.MIN_VALUE
                : Math.min(
                        Math.min(graph.nextDueMs(), statistics.nextDueMs()),
                        Math.min(indexes.nextDueMs(), embeddings.nextDueMs()));
    }

    /** Returns whether any change of an edge or a vector waits to be applied, a text to be embedded, or a row or edge to go. */
    boolean hasPending() {
        return graph.hasPending()
                || indexes.hasPending()
                || embeddings.nextDueMs() != Long.MAX_VALUE
                || statistics.takeBecameDue()
                || hasExpired();
    }

    void flush() {
        applied.flush();
        documents.flush();
        graph.flush();
        indexes.flush();
        embeddings.flush();
        clusters.flush();
    }

    /** Lets go of what is held open in state. */
    void close() {
        droppedEdges.values().forEach(DroppedEdges::close);
    }
}
