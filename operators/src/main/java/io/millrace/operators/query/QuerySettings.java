package io.millrace.operators.query;

import io.millrace.inference.EmbedderSettings;
import io.millrace.inference.Embedders;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.planner.parse.SearchDefaults;
import io.millrace.planner.parse.TextEmbedding;
import io.millrace.planner.plan.PlanLimits;
import io.millrace.planner.run.RunLimits;
import java.io.Serializable;
import java.util.List;

/**
 * What the operators of the query path need to know.
 *
 * @param eventTopics in the order in which positions number them
 * @param replyTopics where answers may go besides {@code responseTopic}
 * @param inFlightMax requests in flight in the whole job; each coordinator admits its share
 * @param inFlightPerTenantMax the same for one request topic
 * @param efSearch beam of vector searches for which nothing nearer says it
 * @param preselectAlpha the same for their candidates per row asked for
 * @param requestMemoryBytesMax rows that one request may hold between its steps
 * @param coordinatorMemoryBytesMax the same for all requests of one coordinator
 * @param slices how fragments take turns
 * @param vectorMemoryMax bytes that the vector indexes of one subtask may take
 * @param cachedPlansMax plans that the whole job keeps for questions; each planner keeps its share
 * @param sessions how many keep what they have set
 * @param hopsMax edges of a path of a pattern
 * @param embedder turns texts into vectors
 * @param clusters that are told apart in the vectors of an index; 0 for none
 * @param planGenerator makes plans for questions that have none
 * @param statisticsTopic where shards tell planners of their data
 * @param statisticsIntervalMs least time between two looks of a shard at its data; 0 for none
 * @param hybrid how strategies are chosen
 */
public record QuerySettings(
        String controlTopic,
        String responseTopic,
        String deadLetterTopic,
        List<String> eventTopics,
        List<String> replyTopics,
        int shards,
        int maxParallelism,
        int requestBytesMax,
        int responseBytesMax,
        int deadLetterBytesMax,
        int inFlightMax,
        int inFlightPerTenantMax,
        int efSearch,
        double preselectAlpha,
        long requestMemoryBytesMax,
        long coordinatorMemoryBytesMax,
        SliceSettings slices,
        long vectorMemoryMax,
        int cachedPlansMax,
        long cachedPlanTtlMs,
        SessionLimits sessions,
        int hopsMax,
        EmbedderSettings embedder,
        int clusters,
        PlanGeneratorSettings planGenerator,
        String statisticsTopic,
        long statisticsIntervalMs,
        HybridSettings hybrid)
        implements Serializable {
    public QuerySettings {
        eventTopics = List.copyOf(eventTopics);
        replyTopics = List.copyOf(replyTopics);
    }

    PlanLimits planLimits() {
        return PlanLimits.DEFAULT.withHops(hopsMax);
    }

    /** @param loader knows the embedders on the class path */
    SearchDefaults searchDefaults(ClassLoader loader) {
        TextEmbedding texts = embedder.isNone()
                ? TextEmbedding.NONE
                : new TextEmbedding(
                        embedder.embedder(), Embedders.dimension(embedder, loader), embedder.textCharsMax());
        return new SearchDefaults(efSearch, preselectAlpha, texts);
    }

    RunLimits runLimits() {
        return new RunLimits(requestMemoryBytesMax, RunLimits.DEFAULT.frontierMax(), RunLimits.DEFAULT.neighboursMax());
    }
}
