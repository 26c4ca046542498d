package io.millrace.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.operators.query.CoordinatePlan;
import io.millrace.operators.query.FragmentLoop;
import io.millrace.operators.query.PlanRequest;
import io.millrace.operators.query.RunFragment;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

class TopologyTest {
    /** Savepoints of every release find their state by these. */
    private static final List<String> UIDS = List.of(
            "events",
            "requests",
            "control",
            "route-mutation",
            "read-request",
            "fragment-loop-head",
            "fragment-loop-tail",
            "plan-request",
            "coordinate-plan",
            "run-fragment",
            "responses",
            "side-records",
            "fragment-loop-end");

    private static StreamGraph graph(String... keysAndValues) {
        Configuration given = new Configuration();
        given.set(JobOptions.KAFKA_BOOTSTRAP_SERVERS, "nowhere:1");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.setString(keysAndValues[i], keysAndValues[i + 1]);
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(Topology.flinkSettings(given));
        environment.setParallelism(2);
        Topology.build(environment, new JobConfig(given));
        return environment.getStreamGraph();
    }

    private static StreamNode node(StreamGraph graph, String uid) {
        return graph.getStreamNodes().stream()
                .filter(node -> uid.equals(node.getTransformationUID()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void jobNeedsNoGenericTypes() {
        StreamGraph graph = graph();

        assertThat(graph.getJobConfiguration().get(PipelineOptions.GENERIC_TYPES))
                .isFalse();
        assertThat(graph.getStreamNodes()).hasSizeGreaterThanOrEqualTo(UIDS.size());
    }

    @Test
    void everyOperatorHasAUidOfItsOwn() {
        assertThat(graph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .doesNotContainNull()
                .doesNotHaveDuplicates()
                .containsAll(UIDS);
    }

    @Test
    void strictDeliveryKeepsTheUids() {
        assertThat(graph("millrace.delivery", "strict").getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .doesNotContainNull()
                .doesNotHaveDuplicates()
                .containsAll(UIDS);
    }

    @Test
    void headCoordinatorAndTailShareTheCoLocationGroup() {
        StreamGraph graph = graph();

        for (String uid : List.of("fragment-loop-head", "coordinate-plan", "fragment-loop-tail")) {
            assertThat(node(graph, uid).getCoLocationGroup()).as(uid).isEqualTo(FragmentLoop.CO_LOCATION);
            assertThat(node(graph, uid).getParallelism()).as(uid).isEqualTo(2);
        }
    }

    /** The scheduler co-locates tasks: a group of vertices must survive the chaining. */
    @Test
    void verticesOfTheLoopAreCoLocatedAndTheHeadStartsOne() {
        JobGraph jobGraph = graph().getJobGraph();
        List<JobVertex> loop = jobGraph.getVerticesSortedTopologicallyFromSources().stream()
                .filter(vertex -> vertex.getCoLocationGroup() != null)
                .toList();

        assertThat(loop).hasSizeGreaterThanOrEqualTo(2);
        assertThat(loop)
                .extracting(JobVertex::getCoLocationGroup)
                .containsOnly(loop.get(0).getCoLocationGroup());
        assertThat(loop).anyMatch(vertex -> vertex.getName().startsWith("FragmentLoop head"));
    }

    @Test
    void controlRecordsAllPassOneHeadSoThatTheyKeepTheirOrder() {
        StreamGraph graph = graph();
        Collection<StreamEdge> inputs = node(graph, "fragment-loop-head").getInEdges();

        assertThat(inputs)
                .singleElement()
                .satisfies(edge -> assertThat(edge.getPartitioner().toString()).isEqualTo("GLOBAL"));
        assertThat(node(graph, "control").getParallelism()).isEqualTo(1);
    }

    @Test
    void shardsAndPlannersHearEveryControlRecord() {
        StreamGraph graph = graph();

        assertThat(node(graph, "run-fragment").getInEdges())
                .extracting(edge -> edge.getPartitioner().toString())
                .containsExactly("HASH", "BROADCAST");
        assertThat(node(graph, "plan-request").getInEdges())
                .as("requests, and the control records and the statistics that every planner hears")
                .extracting(edge -> edge.getPartitioner().toString())
                .containsExactly("HASH", "BROADCAST", "BROADCAST");
    }

    @Test
    void maxParallelismIsWhatIsConfigured() {
        assertThat(graph("millrace.max-parallelism", "64").getStreamNodes())
                .allMatch(node -> node.getMaxParallelism() == 64 || node.getParallelism() == 1);
        assertThat(node(graph("millrace.max-parallelism", "64"), "run-fragment").getMaxParallelism())
                .isEqualTo(64);
    }

    @Test
    void onlyTheIngestPathWaitsForFullBuffers() {
        StreamGraph graph = graph("millrace.events.buffer-timeout", "7 ms");

        assertThat(node(graph, "route-mutation").getBufferTimeout()).isEqualTo(7);
        for (String uid : List.of("read-request", "plan-request", "coordinate-plan", "run-fragment")) {
            assertThat(node(graph, uid).getBufferTimeout()).as(uid).isZero();
        }
    }

    @Test
    void operatorsAreTheFactoriesOfTheQueryPath() {
        StreamGraph graph = graph();

        assertThat(node(graph, "run-fragment").getOperatorFactory()).isInstanceOf(RunFragment.Factory.class);
        assertThat(node(graph, "plan-request").getOperatorFactory()).isInstanceOf(PlanRequest.Factory.class);
        assertThat(node(graph, "coordinate-plan").getOperatorFactory()).isInstanceOf(CoordinatePlan.Factory.class);
    }

    @Test
    void settingsOfFlinkThatAreGivenOutrankTheJobs() {
        Configuration given = Configuration.fromMap(Map.of("execution.checkpointing.interval", "1 min"));
        Configuration settings = Topology.flinkSettings(given);

        assertThat(settings.toMap())
                .containsEntry("execution.checkpointing.interval", "1 min")
                .containsEntry("state.backend.type", "rocksdb")
                .containsEntry("pipeline.generic-types", "false");
    }
}
