package io.millrace.planner.run;

import io.millrace.planner.Samples;
import io.millrace.protocol.Golden;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is wrong with a query is said where it stands, all at once, with what was meant. */
class QueryErrorsTest {
    private final Statements sql = new Statements(Samples.catalog(), new FakeShards(1));

    @Test
    void everyMistakeIsToldWithWhatWouldDo() {
        Golden.verify(
                "bad-queries.txt",
                Stream.of(
                                "SELEC id FROM events",
                                "SELECT id FROM evnts",
                                "SELECT idd, amont FROM events WHERE platfrom = 'ios'",
                                "SELECT id FROM events WHERE amount = 'many' AND v = 3 AND success LIKE 'x'",
                                "SELECT id FROM events WHERE amount = NULL",
                                "SELECT id FROM events WHERE v NEAR [1, 2]",
                                "SELECT id FROM events WHERE v NEAR [0, 0, 0]",
                                "SELECT id FROM events WHERE NOT v NEAR [1, 2, 3]",
                                "SELECT id FROM events WHERE v NEAR [1, 2, 3] AND v NEAR_FUSED [[1, 2, 3]]",
                                "SELECT id FROM events WHERE v NEAR_FUSED [[1, 2, 3]] USING FUSION 'rff' (k = 0)",
                                "SELECT id FROM events WHERE v NEAR_FUSED [[1, 2, 3]] USING FUSION rrf (kk = 60, window = 3)",
                                "SELECT id FROM events WHERE v NEAR $gone LIMIT 0",
                                "SELECT platform, count(*) FROM events",
                                "SELECT platform FROM events GROUP BY platform HAVING amount > 1",
                                "SELECT DISTINCT platform FROM events ORDER BY amount",
                                "SELECT l2_distanc(v, [1, 2, 3]) FROM events",
                                "SELECT l2_distance(amount, [1, 2, 3]) FROM events",
                                "SELECT score FROM events",
                                "SELECT id FROM nearest_neighbors(events, v, [1, 2, 3])",
                                "SELECT id FROM nearest_neighbours(events, v, [1, 2, 3], 3)",
                                "SELECT id FROM vector_search(index = 'events_w', qvec = [1, 2, 3], k = 3, topp = 1)",
                                "SELECT id FROM events e JOIN Member m ON e.memberCode = m.age",
                                "SELECT id FROM events LIMIT 100001",
                                "SELECT id FROM events LIMIT $gone",
                                "SELECT id FROM events LIMIT -1",
                                "SELECT id FROM events WHERE platform = 'ios",
                                "SELECT id FROM events WHERE platform = \"ios\"",
                                "SELECT id FROM events WHERE v NEAR 'ios'",
                                "SELECT id FROM events WHERE price = 'many' AND price = at",
                                "INSERT INTO events VALUES ('e1')",
                                "SELECT e.id FROM events AS e LEFT JOIN Member AS m ON e.memberCode = m.id",
                                "MATCH (a:Person)-->(b) RETURN a",
                                "SELECT id FROM events WITH (strategy = 'fastest', ef_serch = 3)",
                                "MATCH (a:Person)-[:KNOWZ]->(b) RETURN a",
                                "MATCH (a:Person)-[:KNOWS*]->(b) RETURN a",
                                "MATCH (a:Person)-[:KNOWS]->(b) RETURN c.name",
                                "SELECT id FROM Person p WHERE MATCH (x:Game)-[:OpenedGame]-(p)",
                                "SET vector.ef_serch = 3")
                        .map(statement -> statement + "\n"
                                + sql.problems(statement).stream()
                                        .map(problem -> "    " + problem)
                                        .collect(Collectors.joining("\n")))
                        .collect(Collectors.joining("\n", "", "\n")));
    }
}
