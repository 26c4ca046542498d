package io.millrace.benchmarks.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** A kind of event of about 200 bytes, and what a bare loop has to store of it. */
enum Workload {
    /** Orders, each with an id of its own. */
    DOCUMENTS {
        @Override
        Event event(long number, Random random, long vertices) {
            String id = "d" + number;
            String value =
                    "{\"op\":\"upsert\",\"collection\":\"orders\",\"id\":\"" + id + "\",\"fields\":{\"customer\":\"c"
                            + random.nextInt(100_000) + "\",\"price\":" + random.nextInt(10_000) / 100.0
                            + ",\"title\":\"a small title of an order number " + random.nextInt()
                            + "\",\"tags\":[\"red\",\"blue\"]"
                            + ",\"n\":" + random.nextInt(50) + "}}";
            return new Event(utf8("orders/" + id), utf8(value));
        }

        @Override
        void store(JsonNode event, byte[] value, Sink sink) {
            sink.put(utf8(event.path("id").textValue()), value);
        }
    },
    /** Edges between any two orders, each with an id of its own, so that writing one needs no read. */
    EDGES {
        @Override
        Event event(long number, Random random, long vertices) {
            String from = "d" + random.nextLong(vertices);
            String value = "{\"op\":\"upsert_edge\",\"type\":\"BOUGHT_WITH\",\"from\":\"" + from + "\",\"to\":\"d"
                    + random.nextLong(vertices) + "\",\"id\":\"e" + number + "\",\"fields\":{\"weight\":"
                    + random.nextInt(10_000) / 100.0 + ",\"note\":\"two orders of one customer " + random.nextInt()
                    + "\",\"n\":" + random.nextInt(50) + "}}";
            return new Event(utf8(from), utf8(value));
        }

        @Override
        void store(JsonNode event, byte[] value, Sink sink) {
            String from = event.path("from").textValue();
            String to = event.path("to").textValue();
            String id = event.path("id").textValue();
            sink.put(utf8("o" + from + "\0" + to + "\0" + id), value);
            sink.put(utf8("i" + to + "\0" + from + "\0" + id), value);
        }
    };

    /** A record of the event topic. */
    record Event(byte[] key, byte[] value) {}

    /** Where a bare loop stores. */
    interface Sink {
        void put(byte[] key, byte[] value);
    }

    /**
     * Makes an event.
     *
     * @param vertices how many documents there are for edges to choose from
     */
    abstract Event event(long number, Random random, long vertices);

    /** Stores what the bare loop stores of an event that it has parsed. */
    abstract void store(JsonNode event, byte[] value, Sink sink);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
