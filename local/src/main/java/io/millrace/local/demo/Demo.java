package io.millrace.local.demo;

import io.millrace.client.Answer;
import io.millrace.client.MillraceClient;
import io.millrace.client.RequestBuilder;
import io.millrace.protocol.OffsetToken;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BiFunction;

/** Creates the sample's collection, fills it and asks the main kinds of request. */
public final class Demo {
    private static final int ROWS_SHOWN = 8;
    private static final List<String> STATEMENTS = List.of(
            "CREATE COLLECTION papers (id INT PRIMARY KEY, label INT, topic STRING, words INT, v VECTOR(1433))",
            "CREATE EDGE TYPE CITES FROM papers TO papers",
            "CREATE VECTOR INDEX papers_v ON papers(v) USING HNSW WITH (metric = 'cosine')");

    private static final String SCAN = """
            {"steps": [{"id": "long_papers", "store": "document", "op": "scan",
                        "params": {"collection": "papers", "filter": {"words": {"gte": 28}},
                                   "project": ["id", "topic", "words"],
                                   "order_by": [{"field": "words", "order": "desc"}], "limit": 8}}]}
            """;
    private static final String SEARCH = """
            {"steps": [{"id": "similar", "store": "vector", "op": "search",
                        "params": {"index": "papers_v", "query_vector": "$v", "top_k": 8,
                                   "project": ["topic", "words"]}}]}
            """;
    private static final String TRAVERSE = """
            {"steps": [{"id": "neighbourhood", "store": "graph", "op": "traverse",
                        "params": {"start": {"ids": [0], "entity_type": "papers"}, "edge_types": ["CITES"],
                                   "direction": "both", "depth": 2, "project": ["topic"]}}]}
            """;
    private static final String COMBINED = """
            {"steps": [
              {"id": "similar", "store": "vector", "op": "search",
               "params": {"index": "papers_v", "query_vector": "$v", "top_k": 200, "project": ["topic"]}},
              {"id": "cited", "store": "graph", "op": "traverse",
               "params": {"start": {"ref": "similar", "field": "id", "entity_type": "papers"},
                          "edge_types": ["CITES"], "direction": "both", "depth": 1, "aggregate": "count"}},
              {"id": "by_topic", "store": "compute", "op": "aggregate",
               "params": {"input": "cited", "group_by": "topic",
                          "metrics": [{"agg": "count", "as": "papers"},
                                      {"field": "count", "agg": "sum", "as": "links"},
                                      {"field": "score", "agg": "max", "as": "best_score"}]}}]}
            """;

    private static final String HYBRID = "SELECT a.id, a.topic, score FROM papers AS a"
            + " WHERE a.v NEAR $v AND MATCH (a)-[:CITES*1..2]-(b:papers {id: 0}) LIMIT 8";
    private static final String MATCH = "MATCH (a:papers {id: 0})-[:CITES]-(b:papers)-[:CITES]-(c:papers)"
            + " RETURN c.topic, count(*) AS paths ORDER BY paths DESC LIMIT 8";

    private final MillraceClient client;
    private final PrintWriter out;
    private final BiFunction<Answer, Integer, List<String>> render;

    /** @param render draws an answer with at most so many rows */
    public Demo(MillraceClient client, PrintWriter out, BiFunction<Answer, Integer, List<String>> render) {
        this.client = client;
        this.out = out;
        this.render = render;
    }

    /** Runs the demonstration and returns whether every answer was good. */
    public boolean run() {
        boolean good = true;
        for (String statement : STATEMENTS) {
            good &= show(statement, RequestBuilder.statement(statement));
        }
        say("Ingesting 2,708 papers and 5,278 citations through Kafka …");
        long start = System.nanoTime();
        OffsetToken token = client.send(CoraSample.papers()).and(client.send(CoraSample.citations()));
        say(String.format(
                "  written after %.1f s; the next requests carry the offset token of the last event",
                (System.nanoTime() - start) / 1e9));
        float[] query = CoraSample.vector(19, 81, 146, 315, 774, 877, 1194, 1247, 1274);
        good &= show(
                "Papers with the most words (document.scan)",
                RequestBuilder.plan(SCAN).minOffsets(token));
        good &= show(
                "Papers whose words are most like those of paper 0 (vector.search, cosine)",
                RequestBuilder.plan(SEARCH).parameter("v", query).minOffsets(token));
        good &= show(
                "Papers within two citations of paper 0 (graph.traverse)",
                RequestBuilder.plan(TRAVERSE).minOffsets(token));
        good &= show(
                "The 200 most similar papers, their citations, by topic (three steps)",
                RequestBuilder.plan(COMBINED).parameter("v", query).minOffsets(token));
        good &= show(
                HYBRID, RequestBuilder.statement(HYBRID).parameter("v", query).minOffsets(token));
        good &= show(MATCH, RequestBuilder.statement(MATCH).minOffsets(token));
        return good;
    }

    private boolean show(String title, RequestBuilder request) {
        say("");
        say(title);
        Answer answer = client.ask(request);
        render.apply(answer, ROWS_SHOWN).forEach(line -> say("  " + line));
        return answer.status().equals("ok");
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }
}
