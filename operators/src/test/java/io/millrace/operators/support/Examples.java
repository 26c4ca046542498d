package io.millrace.operators.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.EmbedderSettings;
import io.millrace.operators.query.CatalogSource;
import io.millrace.operators.query.QuerySettings;
import io.millrace.operators.query.SessionLimits;
import io.millrace.operators.query.SliceSettings;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.operators.types.SourceRecord;
import io.millrace.planner.RequestPlanner;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.plan.PlannedRequest;
import io.millrace.planner.statement.StatementPlanner;
import io.millrace.protocol.RequestOrigin;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.codec.ControlCodec;
import io.millrace.protocol.codec.RequestCodec;
import io.millrace.protocol.fragment.Fragment;
import io.millrace.protocol.fragment.FragmentStats;
import io.millrace.protocol.fragment.Partial;
import io.millrace.protocol.fragment.PartialResult;
import io.millrace.protocol.fragment.ShardCertificate;
import io.millrace.protocol.fragment.SourceProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A catalog, and requests and answers by it. */
public final class Examples {
    public static final long NOW_MS = 1_700_000_000_000L;
    public static final int SHARDS = 4;
    public static final String EVENTS = "millrace.events";
    public static final RequestOrigin ORIGIN = new RequestOrigin("millrace.requests", NOW_MS, null, null);

    public static final String SCAN =
            "{'steps': [{'id': 's1', 'store': 'document', 'op': 'scan', 'params': {'collection': 'people',"
                    + " 'project': ['name']}}]}";
    public static final String SCAN_AND_TRAVERSE =
            "{'steps': [{'id': 's1', 'store': 'document', 'op': 'scan', 'params': {'collection': 'people',"
                    + " 'project': ['id']}},"
                    + " {'id': 's2', 'store': 'graph', 'op': 'traverse', 'params': {'start': {'ref': 's1',"
                    + " 'field': 'id', 'entity_type': 'people'}, 'edge_types': ['knows'], 'aggregate': 'count'}}]}";

    private static final List<String> STATEMENTS = List.of(
            "CREATE COLLECTION people (id STRING PRIMARY KEY, name STRING, v VECTOR(3))",
            "CREATE EDGE TYPE knows FROM people TO people",
            "CREATE EDGE TYPE met FROM people TO people WITH (mode = 'batched', batch_ms = 50, batch_rows = 1000,"
                    + " pending_visible = false)");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The control records of {@link #catalog}, at offsets from 0. */
    public static final List<byte[]> CONTROL = new ArrayList<>();

    private static final Catalog CATALOG = build();

    private Examples() {}

    private static Catalog build() {
        Catalog catalog = Catalog.EMPTY;
        for (String statement : STATEMENTS) {
            byte[] entry = control(catalog, "ddl-" + CONTROL.size(), statement);
            CONTROL.add(entry);
            catalog = after(catalog, entry);
        }
        return catalog;
    }

    /** Returns the control record that a statement becomes. */
    public static byte[] control(Catalog catalog, String requestId, String statement) {
        var outcome = new StatementPlanner(catalog).plan(requestId, statement, Map.of());
        if (!(outcome instanceof PlannedRequest.Command command)) {
            throw new AssertionError(statement + ": " + outcome);
        }
        return ControlCodec.write(command.command().entry());
    }

    /** Returns the catalog behind one more control record. */
    public static Catalog after(Catalog catalog, byte[] entry) {
        try {
            return catalog.apply(catalog.version(), ControlCodec.read(entry));
        } catch (io.millrace.protocol.MillraceException e) {
            throw new AssertionError(e);
        }
    }

    public static Catalog catalog() {
        return CATALOG;
    }

    /** A source that holds all of {@link #catalog}. */
    public static CatalogSource full() {
        return nothing -> Examples.catalog();
    }

    /** A source that holds nothing. */
    public static CatalogSource empty() {
        return nothing -> nothing;
    }

    /** How many sessions are kept, and for how long, by all of the settings. */
    public static final SessionLimits SESSIONS = new SessionLimits(6, 10_000);

    private static final SliceSettings SLICES = new SliceSettings(2_000_000, 1);

    public static QuerySettings settings() {
        return settings(1_000, 1_000, 1 << 20);
    }

    public static QuerySettings settings(int inFlightMax, int inFlightPerTenantMax, long coordinatorMemoryBytesMax) {
        return settings(
                inFlightMax,
                inFlightPerTenantMax,
                coordinatorMemoryBytesMax,
                SLICES,
                EmbedderSettings.NONE,
                PlanGeneratorSettings.NONE);
    }

    /** Settings by which work that takes more than one step is cut into slices of one step. */
    public static QuerySettings smallestSlices() {
        return slices(new SliceSettings(0, 0));
    }

    public static QuerySettings slices(SliceSettings slices) {
        return settings(1_000, 1_000, 1 << 20, slices, EmbedderSettings.NONE, PlanGeneratorSettings.NONE);
    }

    /** Settings of a job with {@link TestEmbedders}. */
    public static QuerySettings withEmbedder() {
        return settings(1_000, 1_000, 1 << 20, SLICES, TestEmbedders.settings(), PlanGeneratorSettings.NONE);
    }

    /** Settings of a job with {@link TestGenerators}, in which so many requests may wait for plans. */
    public static QuerySettings withGenerator(int waitingMax) {
        return settings(1_000, 1_000, 1 << 20, SLICES, EmbedderSettings.NONE, TestGenerators.settings(waitingMax));
    }

    private static QuerySettings settings(
            int inFlightMax,
            int inFlightPerTenantMax,
            long coordinatorMemoryBytesMax,
            SliceSettings slices,
            EmbedderSettings embedder,
            PlanGeneratorSettings generator) {
        return new QuerySettings(
                "millrace.control",
                "millrace.responses",
                "millrace.dead-letters",
                List.of(EVENTS),
                List.of("replies"),
                SHARDS,
                Subtask.MAX_PARALLELISM,
                1 << 20,
                1 << 20,
                1 << 20,
                inFlightMax,
                inFlightPerTenantMax,
                100,
                4,
                64 << 20,
                coordinatorMemoryBytesMax,
                slices,
                1 << 30,
                3,
                30_000,
                SESSIONS,
                10,
                embedder,
                16,
                generator,
                "millrace.statistics",
                0,
                HybridSettings.DEFAULT);
    }

    /** Parses JSON that is written with single quotes. */
    public static JsonNode json(String text) {
        return json(utf8(text.replace('\'', '"')));
    }

    public static JsonNode json(byte[] text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A request whose members, besides the id, are written with single quotes. */
    public static byte[] request(String id, String members) {
        return utf8(("{'request_id': '" + id + "', " + members + "}").replace('\'', '"'));
    }

    public static IncomingRequest incoming(String id, String members) {
        return new IncomingRequest("r:" + id, "default-" + id, ORIGIN, request(id, members), List.of());
    }

    /** What a planner that knows {@link #catalog} makes of the request. */
    public static PlannedRequest planned(String id, String members) {
        return planned(id, members, ORIGIN);
    }

    public static PlannedRequest planned(String id, String members, RequestOrigin origin) {
        var decoded = new RequestCodec(1 << 20).read(request(id, members), id);
        if (decoded.request() == null) {
            throw new AssertionError(decoded.problems());
        }
        return new RequestPlanner(PlanLimits.DEFAULT).plan(decoded.request(), origin, CATALOG, NOW_MS);
    }

    /** A record of the control stream. */
    public static SourceRecord controlRecord(long offset, byte[] value) {
        return new SourceRecord("millrace.control", 0, offset, NOW_MS, null, value, Map.of());
    }

    /** An event as JSON that is written with single quotes. */
    public static SourceRecord event(int partition, long offset, String value) {
        return new SourceRecord(
                EVENTS, partition, offset, NOW_MS, utf8("k" + offset), utf8(value.replace('\'', '"')), Map.of());
    }

    /** What one shard answers to a fragment. */
    public static Partial rows(Fragment fragment, int shard, Object[]... rows) {
        return partial(
                fragment,
                shard,
                new PartialResult.Rows(
                        Arrays.asList(rows), false, new FragmentStats(rows.length, rows.length, 0, 1_000, null, null)));
    }

    public static Partial partial(Fragment fragment, int shard, PartialResult result) {
        return new Partial(
                fragment.requestId(),
                fragment.attempt(),
                fragment.step(),
                fragment.round(),
                List.of(shard),
                List.of(new ShardCertificate(
                        shard, List.of(new SourceProgress(EVENTS + "-0", 10, 10, NOW_MS - 5)), 0, null, 0, 0)),
                result);
    }

    /** The answer that a record carries. */
    public static JsonNode answer(OutgoingRecord record) {
        byte[] value = record.value();
        if (value == null) {
            throw new AssertionError("an answer has a value: " + record);
        }
        return json(value);
    }
}
