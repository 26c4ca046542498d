package io.millrace.index.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.HeapShardStorage;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.NamespaceCursor;
import io.millrace.index.store.Namespaces;
import io.millrace.index.store.StateNames;
import io.millrace.protocol.Golden;
import io.millrace.protocol.catalog.CatalogChange;
import io.millrace.protocol.catalog.EventTypePolicy;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessChange;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.SourceProgress;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every format in state: the bytes that version 1 wrote are committed, one entry a line (state, namespace, key, value in
 * hexadecimal). Today's code must write the same for the same changes, and must read them.
 */
class StateFormatTest {
    private static final String FILE = "state-v1.txt";
    private static final String FILE_HNSWLIB = "state-v1-hnswlib.txt";

    /** Version of the index, before the library's own stream; the library draws levels at random. */
    private static final int HNSWLIB_HEADER = 16;

    private static final long TIME = 1_700_000_000_123L;
    private static final long HOUR = 3_600_000;

    /** The ids are control offsets, so the same changes of the catalog give the same. */
    private static final class Ids {
        long papers;
        long logins;
        long loginType;
        long cites;
        long waits;
        long flat;
        long hnswlib;
        long hnsw;
    }

    private static Ids catalog(Fixture fixture) {
        Ids ids = new Ids();
        ids.papers = fixture.collection(Fixture.schema(
                "papers",
                null,
                new Field("id", ValueType.STRING),
                new Field("title", ValueType.STRING),
                new Field("open", ValueType.BOOLEAN),
                new Field("year", ValueType.INT),
                new Field("score", ValueType.DOUBLE),
                new Field("printed", ValueType.TIMESTAMP),
                new Field("more", ValueType.JSON),
                new Field("v", ValueType.VECTOR, 3)));
        ids.logins = fixture.collection(Fixture.schema(
                "logins",
                "at",
                new Field("n", ValueType.INT),
                new Field("at", ValueType.TIMESTAMP),
                new Field("ok", ValueType.BOOLEAN)));
        ids.loginType = fixture.eventType("Login", "logins", EventTypePolicy.ACCEPT, "ok");
        ids.cites = fixture.edgeType(
                "CITES",
                "papers",
                "papers",
                Freshness.of(FreshnessMode.IMMEDIATE),
                new Field("page", ValueType.INT),
                new Field("note", ValueType.STRING));
        ids.waits = fixture.edgeType(
                "WAITS", "papers", "papers", Freshness.of(FreshnessMode.BATCHED), new Field("page", ValueType.INT));
        ids.flat = fixture.vectorIndex("flat", "papers", "v", 3, Metric.L2, VectorEngine.FLAT);
        ids.hnswlib = fixture.vectorIndex("lib", "papers", "v", 3, Metric.COSINE, VectorEngine.HNSWLIB);
        ids.hnsw = fixture.vectorIndex("graph", "papers", "v", 3, Metric.COSINE, VectorEngine.HNSW);
        fixture.vectorIndex("later", "papers", "v", 3, Metric.L2, VectorEngine.HNSW);
        fixture.control(new CatalogChange.AlterVectorIndex(
                "later", new FreshnessChange(FreshnessMode.ASYNC, null, null, null, null), null, null));
        return ids;
    }

    private static void changes(Fixture fixture) {
        fixture.nowMs = TIME;
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("title", "Größe \uD83D\uDE00");
        whole.put("open", true);
        whole.put("year", -1999L);
        whole.put("score", 0.1);
        whole.put("printed", "2026-01-31T12:00:00Z");
        whole.put("more", new JsonText("{\"a\":[1,null]}"));
        whole.put("v", new double[] {1, -2.5, 0.1});
        fixture.upsert("papers", "p1", whole);
        fixture.upsert("papers", "p2", Map.of("v", new double[] {0, 1, 0}));
        fixture.upsert("papers", "", Map.of());
        login(fixture, "7", "Login", TIME, true);
        login(fixture, "8", "Login", TIME + HOUR, false);
        login(fixture, "-9", null, TIME - 30L * 365 * 24 * HOUR * 2, true);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("page", 12L);
        properties.put("note", "see");
        fixture.edge("CITES", "p1", "p2", null, properties);
        fixture.nowMs = TIME + 5;
        fixture.edge("CITES", "p1", "p2", null, properties);
        fixture.edge("CITES", "p1", "p3", "id-1", Map.of());
        fixture.edge("WAITS", "p1", "p2", "w", Map.of("page", 3L));
        fixture.deleteEdge("WAITS", "p1", "p4", null);
        fixture.markers();
        fixture.shards.flush();
    }

    private static void login(
            Fixture fixture, String key, @org.jspecify.annotations.Nullable String type, long at, boolean ok) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", at);
        fields.put("ok", ok);
        fixture.send(new DocumentChange(ChangeKind.UPSERT, "logins", key, type, false, EncodedFields.of(fields)));
    }

    private static List<String> dump(HeapShardStorage storage, boolean hnswlib) {
        List<String> lines = new ArrayList<>();
        for (String name : StateNames.ALL) {
            if (name.equals(StateNames.VECTOR_HNSWLIB) == hnswlib) {
                dump(name, storage.open(name), lines);
            }
        }
        return lines;
    }

    private static void dump(String name, KeyValueStore store, List<String> lines) {
        HexFormat hex = HexFormat.of();
        try (NamespaceCursor namespaces = store.namespaces(Bytes.NONE)) {
            while (namespaces.next()) {
                byte[] namespace = namespaces.namespace();
                if (namespace != null) {
                    Cursor cursor = store.scan(namespace);
                    while (cursor.next()) {
                        lines.add(name
                                + ' '
                                + hex.formatHex(namespace)
                                + ' '
                                + hex.formatHex(cursor.key())
                                + ' '
                                + hex.formatHex(cursor.value()));
                    }
                }
            }
        }
    }

    private static HeapShardStorage load() {
        HeapShardStorage storage = new HeapShardStorage();
        HexFormat hex = HexFormat.of();
        for (String file : List.of(FILE, FILE_HNSWLIB)) {
            for (String line : Golden.lines(file, fresh(file.equals(FILE_HNSWLIB)))) {
                String[] parts = line.split(" ", -1);
                storage.open(parts[0]).put(hex.parseHex(parts[1]), hex.parseHex(parts[2]), hex.parseHex(parts[3]));
            }
        }
        return storage;
    }

    private static List<String> fresh(boolean hnswlib) {
        Fixture fixture = new Fixture(1);
        catalog(fixture);
        changes(fixture);
        assertThat(fixture.deadLetters).isEmpty();
        return dump(fixture.storages.get(0), hnswlib);
    }

    /** Opens shards over the committed bytes. */
    private static Fixture committed(Fixture catalog) {
        return committed(catalog, load());
    }

    private static Fixture committed(Fixture catalog, HeapShardStorage storage) {
        Fixture fixture = new Fixture(1, number -> storage);
        fixture.catalog = catalog.catalog;
        fixture.nowMs = TIME + 5;
        fixture.shards.catalogChanged(catalog.catalog);
        return fixture;
    }

    @Test
    void todaysWriterWritesTheCommittedBytes() {
        assertThat(fresh(false)).isEqualTo(Golden.lines(FILE, fresh(false)));
        List<String> now = fresh(true);
        List<String> then = Golden.lines(FILE_HNSWLIB, now);
        assertThat(now).hasSameSizeAs(then);
        assertThat(header(now.get(0))).isEqualTo(header(then.get(0)));
    }

    private static String header(String line) {
        return line.substring(0, line.lastIndexOf(' ') + 1 + HNSWLIB_HEADER);
    }

    @Test
    void committedRowsAreRead() {
        Fixture names = new Fixture(1);
        Ids ids = catalog(names);
        Fixture fixture = committed(names);

        List<List<@org.jspecify.annotations.Nullable Object>> rows = fixture.rows(Fixture.scan(
                ids.papers, "title", "open", "year", "score", "printed", "more", "v", FragmentOperation.TIMESTAMP));

        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).startsWith("", null, null);
        assertThat(rows.get(1).subList(0, 7))
                .containsExactly(
                        "p1",
                        "Größe \uD83D\uDE00",
                        true,
                        -1999L,
                        0.1,
                        1_769_860_800_000L,
                        new JsonText("{\"a\":[1,null]}"));
        assertThat((float[]) rows.get(1).get(7)).containsExactly(1f, -2.5f, 0.1f);
        assertThat(rows.get(1).get(8)).isEqualTo(TIME);
    }

    @Test
    void committedBucketsAndLocatorsAreRead() {
        Fixture names = new Fixture(1);
        Ids ids = catalog(names);
        Fixture fixture = committed(names);
        ScanDocuments hour = new ScanDocuments(
                new DocumentSelection(ids.logins, ids.loginType, new TimeRange(TIME, TIME + 1), Predicate.ALWAYS),
                List.of(FragmentOperation.EVENT_TYPE, FragmentOperation.TIMESTAMP, "ok"),
                List.of(),
                10);

        assertThat(fixture.rows(hour)).containsExactly(List.of(7L, "Login", TIME, true));
        assertThat(fixture.rows(new FragmentOperation.FetchDocuments(ids.logins, List.of("8", "-9"), List.of("ok"))))
                .containsExactly(List.of(8L, false), List.of(-9L, true));
        assertThat(fixture.rows(Fixture.scan(ids.logins))).hasSize(3);
    }

    /** Bytes of a version that is not known yet must not be taken for others. */
    @ParameterizedTest
    @ValueSource(strings = {StateNames.LOCATOR, StateNames.BUCKETS})
    void laterVersionOfADirectoryIsRefused(String name) {
        Fixture names = new Fixture(1);
        Ids ids = catalog(names);
        HeapShardStorage storage = load();
        KeyValueStore store = storage.open(name);
        Cursor cursor = store.scan(Namespaces.of(ids.logins));
        while (cursor.next()) {
            byte[] later = cursor.value().clone();
            later[0]++;
            store.put(Namespaces.of(ids.logins), cursor.key(), later);
        }
        Fixture fixture = committed(names, storage);
        PartialResult result = fixture.ask(
                        name.equals(StateNames.BUCKETS)
                                ? Fixture.scan(ids.logins)
                                : new FragmentOperation.FetchDocuments(ids.logins, List.of("8"), List.of()))
                .result();

        assertThat(result).isInstanceOf(PartialResult.Failed.class);
    }

    @Test
    void committedEdgesAndThoseThatWaitAreRead() {
        Fixture names = new Fixture(1);
        Ids ids = catalog(names);
        Fixture fixture = committed(names);

        assertThat(fixture.neighbours(ids.cites, true, "p1")).containsExactly("p2", "p3");
        assertThat(fixture.neighbours(ids.cites, false, "p3")).containsExactly("p1");
        assertThat(matching(fixture, ids.cites, "weight", 2L)).containsExactly("p2");
        assertThat(matching(fixture, ids.cites, "first_seen", TIME)).containsExactly("p2");
        assertThat(matching(fixture, ids.cites, "last_seen", TIME + 5)).containsExactly("p2", "p3");
        assertThat(matching(fixture, ids.cites, "page", 12L)).containsExactly("p2");
        assertThat(matching(fixture, ids.cites, "note", "see")).containsExactly("p2");
        assertThat(matching(fixture, ids.cites, FragmentOperation.ID, "id-1")).containsExactly("p3");
        assertThat(matching(fixture, ids.waits, "page", 3L)).containsExactly("p2");
    }

    private static List<Object> matching(Fixture fixture, long type, String field, Object value) {
        return fixture
                .rows(new ExpandVertices(
                        List.of(new Vertex(0, "p1")),
                        List.of(new EdgeLookup(0, type, true)),
                        new Predicate.Compare(field, Comparison.EQ, value),
                        null,
                        100))
                .stream()
                .<Object>map(row -> row.get(2))
                .toList();
    }

    @Test
    void committedOffsetsAndIndexesAreRead() {
        Fixture names = new Fixture(1);
        Ids ids = catalog(names);
        Fixture fixture = committed(names);
        float[] query = {1, -2.5f, 0.1f};

        assertThat(fixture.ask(Fixture.scan(ids.papers)).certificates().get(0).progress())
                .containsExactly(new SourceProgress(Fixture.PARTITION, 11, 11, TIME + 5));
        for (IndexStatus status : fixture.shards.indexStatus()) {
            assertThat(status.ready()).isTrue();
            assertThat(status.rowsIndexed() + status.pendingRows()).isGreaterThanOrEqualTo(2);
        }
        assertThat(fixture.shards.indexStatus())
                .extracting(IndexStatus::pendingRows)
                .containsExactly(0L, 0L, 0L, 3L);
        assertThat(fixture.rows(Fixture.search(ids.papers, "v", ids.flat, Metric.L2, query, 1)))
                .containsExactly(List.of("p1", 0.0));
        assertThat(fixture.rows(Fixture.search(ids.papers, "v", ids.hnswlib, Metric.COSINE, query, 1)))
                .extracting(row -> row.get(0))
                .containsExactly("p1");
        PartialResult.Rows found = Fixture.rowsOf(
                fixture.ask(Fixture.search(ids.papers, "v", ids.hnsw, Metric.COSINE, new float[] {0, 2, 0}, 1)));
        assertThat(Fixture.asLists(found)).containsExactly(List.of("p2", 1.0));
        assertThat(found.stats().path()).isEqualTo("ANN");
    }
}
