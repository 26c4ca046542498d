package io.millrace.index.shard;

import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.Freshness;
import io.millrace.protocol.catalog.FreshnessMode;
import io.millrace.protocol.catalog.Metric;
import io.millrace.protocol.catalog.VectorEngine;
import io.millrace.protocol.fragment.FragmentOperation;
import io.millrace.protocol.fragment.FragmentOperation.CountEdges;
import io.millrace.protocol.fragment.FragmentOperation.EdgeLookup;
import io.millrace.protocol.fragment.FragmentOperation.ExpandVertices;
import io.millrace.protocol.fragment.FragmentOperation.ReadClusters;
import io.millrace.protocol.fragment.FragmentOperation.ReadStatistics;
import io.millrace.protocol.fragment.FragmentOperation.ScanDocuments;
import io.millrace.protocol.fragment.FragmentOperation.Vertex;
import io.millrace.protocol.fragment.SortKey;
import io.millrace.protocol.fragment.TimeRange;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Seeded changes of every kind to a fixture, and questions about all of them. */
public final class Workload {
    private static final int KEYS = 120;
    private static final long HOUR_MS = 3_600_000;

    private final Fixture fixture;
    private final Random random;
    private final long papers;
    private final long visits;
    private final long index;
    private final List<Long> edgeTypes = new ArrayList<>();

    public Workload(Fixture fixture, long seed) {
        this.fixture = fixture;
        random = new Random(seed);
        papers = fixture.collection(Fixture.schema(
                "papers",
                null,
                new Field("id", ValueType.STRING),
                new Field("title", ValueType.STRING),
                new Field("v", ValueType.VECTOR, 8)));
        visits = fixture.collection(Fixture.schema(
                "visits",
                "at",
                new Field("id", ValueType.INT),
                new Field("at", ValueType.TIMESTAMP),
                new Field("page", ValueType.STRING)));
        index = fixture.vectorIndex("papers_v", "papers", "v", 8, Metric.COSINE, VectorEngine.FLAT);
        for (FreshnessMode mode : List.of(FreshnessMode.IMMEDIATE, FreshnessMode.BATCHED, FreshnessMode.ASYNC)) {
            edgeTypes.add(fixture.edgeType(
                    "E_" + mode, "papers", "papers", Freshness.of(mode), new Field("since", ValueType.INT)));
        }
    }

    public void run(int changes) {
        for (int i = 0; i < changes; i++) {
            change();
        }
        fixture.markers();
    }

    private void change() {
        String key = "p" + random.nextInt(KEYS);
        switch (random.nextInt(8)) {
            case 0, 1 -> fixture.upsert("papers", key, paper());
            case 2 -> fixture.patch("papers", key, Map.of("title", "patched " + random.nextInt(9)));
            case 3 -> fixture.delete("papers", key, random.nextInt(4) == 0);
            case 4, 5 -> fixture.upsert("visits", Integer.toString(random.nextInt(KEYS)), visit());
            case 6 -> fixture.edge(type(), key, "p" + random.nextInt(KEYS), id(), Map.of("since", random.nextLong(9)));
            default -> fixture.deleteEdge(type(), key, "p" + random.nextInt(10), id());
        }
    }

    private Map<String, @Nullable Object> paper() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("title", random.nextBoolean() ? "title " + random.nextInt(20) : null);
        if (random.nextInt(5) > 0) {
            fields.put("v", random.doubles(8, -1, 1).toArray());
        }
        return fields;
    }

    private Map<String, Object> visit() {
        return Map.of("at", random.nextInt(48) * HOUR_MS + random.nextInt(1_000), "page", "/" + random.nextInt(5));
    }

    private String type() {
        return "E_" + List.of("IMMEDIATE", "BATCHED", "ASYNC").get(random.nextInt(3));
    }

    private @Nullable String id() {
        return random.nextBoolean() ? null : "e" + random.nextInt(3);
    }

    /** Returns questions whose answers together show all of the state. */
    public List<FragmentOperation> questions() {
        float[] query = {1, 0, 0.5f, -1, 0, 0, 0.25f, 1};
        List<Vertex> vertices =
                IntStream.range(0, KEYS).mapToObj(i -> new Vertex(0, "p" + i)).toList();
        List<EdgeLookup> lookups = edgeTypes.stream()
                .flatMap(type -> List.of(new EdgeLookup(0, type, true), new EdgeLookup(0, type, false)).stream())
                .toList();
        return List.of(
                Fixture.scan(papers, "title", "v", "@timestamp"),
                new ScanDocuments(
                        new io.millrace.protocol.fragment.DocumentSelection(
                                visits, null, new TimeRange(5 * HOUR_MS, 30 * HOUR_MS), Predicate.ALWAYS),
                        List.of("at", "page"),
                        List.of(new SortKey("page", true), new SortKey("at", false)),
                        50),
                Fixture.search(papers, "v", index, Metric.COSINE, query, 20),
                Fixture.search(papers, "v", null, Metric.L2, query, 20),
                new ExpandVertices(vertices, lookups, Predicate.ALWAYS, null, 100_000),
                new ReadStatistics(List.of(papers, visits)),
                new CountEdges(vertices.stream().map(Vertex::key).toList(), lookups),
                new ReadClusters(index));
    }
}
