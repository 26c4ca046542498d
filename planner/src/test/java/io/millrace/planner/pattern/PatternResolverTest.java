package io.millrace.planner.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.planner.Patterns;
import io.millrace.planner.Samples;
import io.millrace.planner.plan.Pattern;
import io.millrace.planner.plan.Pattern.EdgeField;
import io.millrace.planner.plan.Pattern.EdgeTypeName;
import io.millrace.planner.plan.Pattern.Label;
import io.millrace.planner.plan.Pattern.PatternEdge;
import io.millrace.planner.plan.Pattern.VertexField;
import io.millrace.planner.plan.Pattern.VertexKey;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Problem;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternResolverTest {
    private static final Catalog CATALOG = catalog();

    private static Catalog catalog() {
        Catalog catalog = Samples.catalog();
        for (String statement : List.of(
                "CREATE COLLECTION parts (maker STRING, number INT, weight DOUBLE, PRIMARY KEY (maker, number))",
                "CREATE EDGE TYPE LIKES FROM Person TO Game (since STRING, stars INT)",
                "CREATE EDGE TYPE BEFORE FROM Game TO Game")) {
            catalog = Samples.after(catalog, "ddl-" + catalog.version(), statement);
        }
        return catalog;
    }

    private static ResolvedPattern resolve(String text) {
        return Patterns.resolve(CATALOG, text);
    }

    private static List<Problem> problems(String text) {
        List<Problem> problems = new ArrayList<>();
        assertThat(Patterns.resolve(CATALOG, text, Map.of(), Map.of(), problems))
                .isNull();
        return problems;
    }

    private static List<String> collections(Pattern pattern, int vertex) {
        return pattern.vertices().get(vertex).labels().stream()
                .map(label -> pattern.collections().get(label.collection()).collection())
                .toList();
    }

    private static List<String> hops(PatternEdge edge) {
        return edge.hops().stream()
                .map(hop -> (hop.lookup().outgoing() ? ">" : "<") + hop.edgeType())
                .toList();
    }

    private static PatternAlias alias(ResolvedPattern resolved, String name) {
        return Objects.requireNonNull(resolved.alias(name));
    }

    @Test
    void verticesWithoutLabelAreOfTheCollectionsThatEdgesLeadTo() {
        Pattern pattern = resolve("(a)-[:KNOWS]->(b)-[]->(c)").pattern();

        assertThat(collections(pattern, 0)).containsExactly("Person");
        assertThat(collections(pattern, 1)).containsExactly("Person");
        assertThat(collections(pattern, 2)).containsExactly("Game", "Person");
        assertThat(hops(pattern.edges().get(1))).containsExactly(">KNOWS", ">LIKES");
    }

    @Test
    void edgesThatNoPathOfTheLengthCanTakeAreLeftOut() {
        Pattern pattern = resolve("(a:Person)-[*2..2]->(b:Game)").pattern();

        assertThat(hops(pattern.edges().get(0))).containsExactly(">BEFORE", ">KNOWS", ">LIKES");
        assertThat(hops(resolve("(a:Person)-[*1..1]->(b:Game)")
                        .pattern()
                        .edges()
                        .get(0)))
                .containsExactly(">LIKES");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "(a)-[:KNOWS]->(b); >KNOWS",
                "(a)<-[:KNOWS]-(b); <KNOWS",
                "(a)-[:KNOWS]-(b); >KNOWS <KNOWS",
                "(a)<-[:KNOWS]->(b); >KNOWS <KNOWS"
            })
    void arrowsSayInWhichDirectionAnEdgeIsFollowed(String text, String hops) {
        assertThat(hops(resolve(text).pattern().edges().get(0))).containsExactly(hops.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"*3,3,3", "*2..4,2,4", "*..4,1,4", "*0..2,0,2", "*0,0,0"})
    void lengthsFollowOpenCypher(String range, int least, int most) {
        PatternEdge edge =
                resolve("(a)-[:KNOWS" + range + "]->(b)").pattern().edges().get(0);

        assertThat(List.of(edge.least(), edge.most())).containsExactly(least, most);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "(a)-[:KNOWS*]->(b); INVALID_LIMIT; a relationship needs an upper bound of its length; column 12",
                "(a)-[:KNOWS*2..]->(b); INVALID_LIMIT; a relationship needs an upper bound of its length; column 12",
                "(a)-[:KNOWS*3..2]->(b); INVALID_VALUE; a relationship cannot have at least 3 and at most 2 edges;"
                        + " column 12",
                "(a)-[:KNOWS*11]->(b); INVALID_LIMIT; at most 10 edges, got 11; column 12",
                "(a)-[:KNOWS*6]->(b)-[:KNOWS*5]->(c); INVALID_LIMIT; a path has at most 10 edges, this one 11; column 1",
                "(a:Persn)-[]->(b); NOT_FOUND_COLLECTION; there is no collection \"Persn\"; column 4",
                "(a)-[:KNOW]->(b); NOT_FOUND_EDGE_TYPE; there is no edge type \"KNOW\"; column 7",
                "(a:Person {nam: 'x'}); NOT_FOUND_FIELD; collection \"Person\" has no property \"nam\"; column 12",
                "(a)-[:KNOWS {sinc: 1}]->(b); NOT_FOUND_FIELD; edge type \"KNOWS\" has no property \"sinc\"; column 14",
                "(a:Person {id: 'x'}); INVALID_VALUE; 'x' is no INT, which property \"id\" is; column 12",
                "(a:Person {name: null}); INVALID_VALUE; nothing equals null; column 12",
                "(a:Person {name: $n}); INVALID_PARAMETER; parameter \"n\" is not given; column 12",
                "(a:Member)-[:KNOWS]->(b); INVALID_VALUE; no edge of KNOWS can lead from collection \"Member\" to such a"
                        + " vertex here; column 11",
                "(a)-[a:KNOWS]->(b); INVALID_NAME; the name \"a\" is taken; column 4",
                "(a)-[r:KNOWS]->(b)-[r:KNOWS]->(c); INVALID_NAME; the name \"r\" is taken; column 19",
                "(a)-[:KNOWS|LIKES {since: '1'}]->(b); INVALID_AMBIGUOUS;"
                        + " a property has another type in another of the edge types; column 19"
            })
    void mistakesAreReportedWhereTheyStand(String text, ErrorCode code, String message, String detail) {
        assertThat(problems(text))
                .extracting(Problem::code, Problem::message, Problem::detail)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(code, message, detail));
    }

    @Test
    void mistakesNameWhatThereIsAndWhatIsNear() {
        assertThat(problems("(a:Persn)-[:KNOW]->(b:Game {titel: 'x'})"))
                .extracting(Problem::nearest)
                .containsExactly("Person", "KNOWS", "title");
    }

    @Test
    void propertiesFitTheTypeOfTheirField() {
        Map<String, JsonNode> parameters = Map.of("s", JsonNodeFactory.instance.textNode("2003"));
        ResolvedPattern resolved = Objects.requireNonNull(Patterns.resolve(
                CATALOG, "(a {name: 7})-[r:KNOWS {since: $s}]->(b)", parameters, Map.of(), new ArrayList<>()));

        assertThat(resolved.pattern().vertices().get(0).labels())
                .containsExactly(new Label(0, new Predicate.Compare("name", Comparison.EQ, "7"), null));
        assertThat(resolved.pattern().edges().get(0).every())
                .isEqualTo(new Predicate.Compare("since", Comparison.EQ, 2003L));
    }

    @Test
    void collectionWithoutThePropertyIsNotThatOfTheVertex() {
        Pattern pattern = resolve("(a:Person)-[]->(b {title: 'Chess'})").pattern();

        assertThat(collections(pattern, 1)).containsExactly("Game");
    }

    @Test
    void equalityOfTheKeyNamesTheVertex() {
        assertThat(resolve("(a:Person {id: 7})").pattern().vertices().get(0).labels())
                .containsExactly(new Label(0, Predicate.ALWAYS, List.of("7")));
        assertThat(resolve("(a:Member {code: 'm1', age: 3})")
                        .pattern()
                        .vertices()
                        .get(0)
                        .labels())
                .containsExactly(new Label(0, new Predicate.Compare("age", Comparison.EQ, 3L), List.of("m1")));
        assertThat(resolve("(a:parts {maker: 'x', number: 3})")
                        .pattern()
                        .vertices()
                        .get(0)
                        .labels())
                .containsExactly(new Label(0, Predicate.ALWAYS, List.of("x|3")));
    }

    @Test
    void conditionsNarrowAVertexAndItsKeys() {
        ResolvedPattern resolved = resolve("(a:Person)-[:KNOWS*1..2]->(b)");
        Predicate ids = new Predicate.In("id", List.of(1L, 2L));
        Predicate named = new Predicate.Compare("name", Comparison.GT, "m");

        ResolvedPattern narrowed = resolved.and(alias(resolved, "a"), ids)
                .and(alias(resolved, "a"), new Predicate.And(List.of(named, new Predicate.In("id", List.of(2L, 3L)))));

        assertThat(narrowed.pattern().vertices().get(0).labels()).containsExactly(new Label(0, named, List.of("2")));
    }

    @Test
    void conditionOnARelationshipHoldsForOneOfItsEdgesAndPropertiesForAll() {
        ResolvedPattern several = resolve("(a)-[r:KNOWS*1..2 {since: 1}]->(b)");
        ResolvedPattern one = resolve("(a)-[r:KNOWS {since: 1}]->(b)");
        Predicate heavy = new Predicate.Compare("weight", Comparison.GT, 1L);
        Predicate since = new Predicate.Compare("since", Comparison.EQ, 1L);

        PatternEdge any =
                several.and(alias(several, "r"), heavy).pattern().edges().get(0);
        PatternEdge every = one.and(alias(one, "r"), heavy).pattern().edges().get(0);

        assertThat(List.of(any.every(), any.any())).containsExactly(since, heavy);
        assertThat(List.of(every.every(), every.any()))
                .containsExactly(new Predicate.And(List.of(since, heavy)), Predicate.ALWAYS);
    }

    @Test
    void namesHaveFieldsWithTypes() {
        ResolvedPattern resolved = resolve("(a:Person)-[r:LIKES|KNOWS]->(b)-[s:BEFORE*1..2]->(c)");

        assertThat(resolved.aliases().keySet()).containsExactly("a", "r", "b", "s", "c");
        assertThat(alias(resolved, "a").fields())
                .containsEntry("id", ValueType.INT)
                .containsEntry("name", ValueType.STRING);
        assertThat(alias(resolved, "a").field("id")).isEqualTo(new VertexKey(0));
        assertThat(alias(resolved, "b").field("title")).isEqualTo(new VertexField(1, "title"));
        assertThat(alias(resolved, "r").field("type")).isEqualTo(new EdgeTypeName(0));
        assertThat(alias(resolved, "r").field("stars")).isEqualTo(new EdgeField(0, "stars"));
        assertThat(alias(resolved, "r").field("colour")).isNull();
        assertThat(alias(resolved, "s").field("weight")).isNull();
        assertThat(alias(resolved, "s").fields()).containsEntry("weight", ValueType.INT);
    }

    @Test
    void fieldOfSeveralTypesCannotBeNamed() {
        ResolvedPattern resolved = resolve("(a:Person)-[r]->(b)");

        assertThat(alias(resolved, "r").ambiguous()).containsExactly("since");
        assertThat(alias(resolved, "r").fields()).doesNotContainKey("since");
        assertThat(alias(resolved, "r").field("stars")).isEqualTo(new EdgeField(0, "stars"));
        assertThat(alias(resolved, "b").type()).isEqualTo(ValueType.STRING);
    }

    @Test
    void nameTwiceIsOneVertex() {
        ResolvedPattern resolved = resolve("(a)-[:KNOWS]->(b)-[]->(a)");

        assertThat(resolved.pattern().first(2)).isZero();
        assertThat(hops(resolved.pattern().edges().get(1))).containsExactly(">KNOWS");
        assertThat(problems("(a)-[:LIKES]->(a)")).extracting(Problem::code).containsExactly(ErrorCode.INVALID_VALUE);
    }

    @Test
    void rowOfTheStatementIsTheVertexOfItsName() {
        List<Problem> problems = new ArrayList<>();
        Map<String, String> bound = Map.of("p", "Person");

        Pattern pattern = Objects.requireNonNull(
                        Patterns.resolve(CATALOG, "(p)-[]->(b:Game)", Map.of(), bound, problems))
                .pattern();

        assertThat(collections(pattern, 0)).containsExactly("Person");
        assertThat(Patterns.resolve(CATALOG, "(p:Game)-[]->(b)", Map.of(), bound, problems))
                .isNull();
        assertThat(problems)
                .extracting(Problem::message)
                .containsExactly("\"p\" is a row of collection \"Person\", not of \"Game\"");
    }

    @Test
    void vertexThatMayHaveNoEdgeInThePatternIsFoundByAllItsEdges() {
        assertThat(resolve("(a:Game)").pattern().touching()).hasSize(4);
        assertThat(resolve("(a:Game)-[:BEFORE*0..1]->(b)").pattern().touching()).hasSize(4);
        assertThat(resolve("(a:Game)-[:BEFORE]->(b)").pattern().touching()).isEmpty();
    }
}
