package io.millrace.job;

import io.millrace.inference.EmbedderSettings;
import io.millrace.planner.cost.HybridSettings;
import io.millrace.planner.generate.PlanGeneratorSettings;
import io.millrace.planner.plan.PlanLimits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Every key that configures Millrace, with its default and what it does. docs/configuration.md is made of this. */
public final class JobOptions {
    public static final ConfigOption<String> KAFKA_BOOTSTRAP_SERVERS = ConfigOptions.key(
                    "millrace.kafka.bootstrap-servers")
            .stringType()
            .noDefaultValue()
            .withDescription("Where Kafka listens: host:port, comma-separated. Required.");

    public static final ConfigOption<Map<String, String>> KAFKA_PROPERTIES = ConfigOptions.key(
                    "millrace.kafka.properties")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("Further settings for every Kafka client of the job, such as security.protocol.");

    public static final ConfigOption<List<String>> TOPICS_EVENTS = ConfigOptions.key("millrace.topics.events")
            .stringType()
            .asList()
            .defaultValues("millrace.events")
            .withDescription("Topics of events. Deletions of the far ends of edges are written to the first.");

    public static final ConfigOption<List<String>> TOPICS_COMPUTE = ConfigOptions.key("millrace.topics.compute")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Topics of rows that other jobs compute, such as millrace.compute: read like those of"
                    + " events, in the JSON envelope, behind them in every list. compute.read reads such rows by the"
                    + " name of their collection or event type.");

    public static final ConfigOption<List<String>> TOPICS_REQUESTS = ConfigOptions.key("millrace.topics.requests")
            .stringType()
            .asList()
            .defaultValues("millrace.requests")
            .withDescription("Topics of requests. Each is a tenant with an admission limit of its own.");

    public static final ConfigOption<String> TOPICS_RESPONSES = ConfigOptions.key("millrace.topics.responses")
            .stringType()
            .defaultValue("millrace.responses")
            .withDescription("Topic of answers to requests that name no reply topic.");

    public static final ConfigOption<String> TOPICS_CONTROL = ConfigOptions.key("millrace.topics.control")
            .stringType()
            .defaultValue("millrace.control")
            .withDescription("Topic of the catalog's changes: one partition, kept for ever, not compacted.");

    public static final ConfigOption<String> TOPICS_DEAD_LETTERS = ConfigOptions.key("millrace.topics.dead-letters")
            .stringType()
            .defaultValue("millrace.dead-letters")
            .withDescription("Topic of records that could not be decoded or applied.");

    public static final ConfigOption<String> TOPICS_STATISTICS = ConfigOptions.key("millrace.topics.statistics")
            .stringType()
            .defaultValue("millrace.statistics")
            .withDescription("Topic of what shards tell planners of their data: compacted.");

    public static final ConfigOption<Boolean> TOPICS_CREATE = ConfigOptions.key("millrace.topics.create")
            .booleanType()
            .defaultValue(true)
            .withDescription("Whether topics that do not exist are created when the job is submitted.");

    public static final ConfigOption<Integer> TOPICS_PARTITIONS = ConfigOptions.key("millrace.topics.partitions")
            .intType()
            .defaultValue(4)
            .withDescription("Partitions of topics that are created; the control topic always has one.");

    public static final ConfigOption<Integer> TOPICS_REPLICATION = ConfigOptions.key("millrace.topics.replication")
            .intType()
            .defaultValue(-1)
            .withDescription("Replicas of topics that are created; -1 for the broker's default.");

    public static final ConfigOption<List<String>> EVENTS_DEBEZIUM = ConfigOptions.key("millrace.events.debezium")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Those of the event topics whose values are Debezium change events, with or without"
                    + " schema. All others hold the JSON envelope of Millrace.");

    public static final ConfigOption<Map<String, String>> EVENTS_COLLECTIONS = ConfigOptions.key(
                    "millrace.events.collections")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("For Debezium topics, from topic to the collection of its rows. Without it the collection"
                    + " has the name of the table.");

    public static final ConfigOption<Map<String, String>> EVENTS_KEY_FIELDS = ConfigOptions.key(
                    "millrace.events.key-fields")
            .mapType()
            .defaultValue(Map.of())
            .withDescription("For Debezium topics whose records have no key, from topic to the columns of the key,"
                    + " separated by a plus sign.");

    public static final ConfigOption<MemorySize> EVENTS_MAX_BYTES = ConfigOptions.key("millrace.events.max-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A larger event goes to the dead letters.");

    public static final ConfigOption<Duration> EVENTS_MARKER_INTERVAL = ConfigOptions.key(
                    "millrace.events.marker-interval")
            .durationType()
            .defaultValue(Duration.ofMillis(10))
            .withDescription("How long after an event the shards hear how far its partition has been read: the floor"
                    + " under the latency of a request with an offset token.");

    public static final ConfigOption<Duration> EVENTS_BUFFER_TIMEOUT = ConfigOptions.key(
                    "millrace.events.buffer-timeout")
            .durationType()
            .defaultValue(Duration.ofMillis(5))
            .withDescription("How long mutations may wait in a network buffer that is not full. The query path never"
                    + " waits.");

    public static final ConfigOption<Integer> SHARDS = ConfigOptions.key("millrace.shards")
            .intType()
            .defaultValue(4)
            .withDescription("Shards of the state, at most the maximum parallelism. Fixed at the first start: a start"
                    + " from a savepoint with another number is refused.");

    public static final ConfigOption<Integer> MAX_PARALLELISM = ConfigOptions.key("millrace.max-parallelism")
            .intType()
            .defaultValue(128)
            .withDescription("Flink's maximum parallelism, the number of key groups. Fixed at the first start.");

    public static final ConfigOption<Delivery> DELIVERY = ConfigOptions.key("millrace.delivery")
            .enumType(Delivery.class)
            .defaultValue(Delivery.FAST)
            .withDescription("fast: an answer is sent at once, and twice after some crashes. strict: answers are sent"
                    + " in Kafka transactions and can be read at the next checkpoint.");

    public static final ConfigOption<MemorySize> REQUESTS_MAX_BYTES = ConfigOptions.key("millrace.requests.max-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A larger request is answered LIMIT_EXCEEDED.");

    public static final ConfigOption<Integer> REQUESTS_MAX_IN_FLIGHT = ConfigOptions.key(
                    "millrace.requests.max-in-flight")
            .intType()
            .defaultValue(1_000)
            .withDescription("Requests that are worked on at a time in the whole job; further ones are answered"
                    + " OVERLOADED. Each coordinator admits its share.");

    public static final ConfigOption<Integer> REQUESTS_MAX_IN_FLIGHT_PER_TENANT = ConfigOptions.key(
                    "millrace.requests.max-in-flight-per-tenant")
            .intType()
            .defaultValue(1_000)
            .withDescription("The same for the requests of one topic.");

    public static final ConfigOption<List<String>> REQUESTS_REPLY_TOPICS = ConfigOptions.key(
                    "millrace.requests.reply-topics")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("Topics that a request may name in its kafka_replyTopic header.");

    public static final ConfigOption<MemorySize> REQUEST_MEMORY = ConfigOptions.key("millrace.requests.memory")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(64))
            .withDescription("Rows that one request may hold between its steps; beyond it is answered LIMIT_EXCEEDED.");

    public static final ConfigOption<MemorySize> COORDINATOR_MEMORY = ConfigOptions.key(
                    "millrace.requests.coordinator-memory")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(256))
            .withDescription("The same for all requests of one coordinator subtask.");

    public static final ConfigOption<MemorySize> RESPONSE_MAX_BYTES = ConfigOptions.key("millrace.response.max-bytes")
            .memoryType()
            .defaultValue(new MemorySize(1_000_000))
            .withDescription("A larger answer is cut at whole rows. Keep it below max.message.bytes of the topics.");

    public static final ConfigOption<MemorySize> DEAD_LETTER_MAX_BYTES = ConfigOptions.key(
                    "millrace.dead-letters.max-bytes")
            .memoryType()
            .defaultValue(new MemorySize(1_000_000))
            .withDescription("A larger dead letter keeps a prefix of its value, and the SHA-256 of all of it.");

    public static final ConfigOption<Duration> FRAGMENT_SLICE = ConfigOptions.key("millrace.fragments.slice")
            .durationType()
            .defaultValue(Duration.ofNanos(500_000))
            .withDescription("How long a request may hold the thread of its shards before others have a turn; at least"
                    + " 100 µs.");

    public static final ConfigOption<Duration> FRAGMENT_PAUSE = ConfigOptions.key("millrace.fragments.pause")
            .durationType()
            .defaultValue(Duration.ofMillis(1))
            .withDescription(
                    "How long a request that has taken eight slices rests behind each further one, in whole milliseconds,"
                            + " while others come: it then has slice / (slice + pause) of its shards' thread, and small"
                            + " requests find a free core. 0 for no rest, where cores abound.");

    public static final ConfigOption<MemorySize> VECTOR_MEMORY_MAX = ConfigOptions.key(
                    "millrace.vector.memory.max-bytes")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1024))
            .withDescription("Heap that the vector indexes of one subtask may take. An index that would pass it becomes"
                    + " FAILED(memory): its searches are exact, from state, and the job lives.");

    public static final ConfigOption<Duration> END_OFFSETS_INTERVAL = ConfigOptions.key(
                    "millrace.freshness.end-offsets-interval")
            .durationType()
            .defaultValue(Duration.ofMillis(250))
            .withDescription("How often the end offsets of the event topics are asked for, which lags are measured"
                    + " against.");

    public static final ConfigOption<Integer> VECTOR_EF_SEARCH = ConfigOptions.key("millrace.vector.ef-search")
            .intType()
            .defaultValue(100)
            .withDescription("Beam of a vector search, 1 to 10 000, for which neither the search (ef_search), nor its"
                    + " request (the option vector.ef_search), nor its index (ef_search) says another.");

    public static final ConfigOption<Double> VECTOR_PRESELECT_ALPHA = ConfigOptions.key(
                    "millrace.vector.preselect-alpha")
            .doubleType()
            .defaultValue(4.0)
            .withDescription("Candidates that an index gives for each row asked for, 1 to 100, where neither the search"
                    + " (alpha), nor its request (the option vector.preselect_alpha), nor its index (preselect_alpha)"
                    + " says another.");

    public static final ConfigOption<Integer> PLAN_CACHE_SIZE = ConfigOptions.key("millrace.plan-cache.size")
            .intType()
            .defaultValue(1_000)
            .withDescription(
                    "Plans that are kept for questions, in the whole job; those that were not used for longest go"
                            + " first. 0 keeps none.");

    public static final ConfigOption<Duration> PLAN_CACHE_TTL = ConfigOptions.key("millrace.plan-cache.ttl")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription("How long a plan is kept for a question. A change of the catalog ends it too.");

    public static final ConfigOption<Integer> SESSIONS_MAX = ConfigOptions.key("millrace.sessions.max")
            .intType()
            .defaultValue(10_000)
            .withDescription("Sessions whose settings are kept, at least 1, in the whole job; those that were not used"
                    + " for longest go first.");

    public static final ConfigOption<Duration> SESSIONS_TTL = ConfigOptions.key("millrace.sessions.ttl")
            .durationType()
            .defaultValue(Duration.ofHours(1))
            .withDescription("How long the settings of a session hold, counted from its last SET.");

    public static final ConfigOption<Integer> PATTERNS_MAX_HOPS = ConfigOptions.key("millrace.patterns.max-hops")
            .intType()
            .defaultValue(PlanLimits.DEFAULT.hopsMax())
            .withDescription(
                    "Edges that a path of a pattern may have, 1 to 32. A search for paths may try many more edges"
                            + " with each.");

    public static final ConfigOption<String> EMBEDDER = ConfigOptions.key("millrace.embedder")
            .stringType()
            .defaultValue(EmbedderSettings.NO_EMBEDDER)
            .withDescription("What turns texts into vectors, for query_text and embed_from: none; openai, any service"
                    + " that speaks that protocol; minilm, in process, where its jar is on the class path; or the class"
                    + " of an EmbedderFactory on the class path.");

    public static final ConfigOption<String> EMBEDDER_BASE_URL = ConfigOptions.key("millrace.embedder.base-url")
            .stringType()
            .noDefaultValue()
            .withDescription("Where the service of openai is, without /embeddings. Without it OpenAI's own.");

    public static final ConfigOption<String> EMBEDDER_MODEL = ConfigOptions.key("millrace.embedder.model")
            .stringType()
            .noDefaultValue()
            .withDescription("The model that the service is asked for.");

    public static final ConfigOption<String> EMBEDDER_API_KEY_ENV = ConfigOptions.key("millrace.embedder.api-key-env")
            .stringType()
            .noDefaultValue()
            .withDescription("Name of the environment variable of the TaskManagers that holds the key of the service."
                    + " The key itself stands in no configuration.");

    public static final ConfigOption<Duration> EMBEDDER_TIMEOUT = ConfigOptions.key("millrace.embedder.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("How long one call of the service may take.");

    public static final ConfigOption<Integer> EMBEDDER_RETRIES = ConfigOptions.key("millrace.embedder.retries")
            .intType()
            .defaultValue(3)
            .withDescription("How often a call is tried again, 0 to 10, behind growing pauses, when the service answers"
                    + " 429 or 5xx or not at all. A search then fails; rows wait on and are tried again for ever.");

    public static final ConfigOption<Integer> EMBEDDER_BATCH = ConfigOptions.key("millrace.embedder.batch")
            .intType()
            .defaultValue(32)
            .withDescription("Texts of rows that are embedded in one call, 1 to 2048.");

    public static final ConfigOption<Integer> EMBEDDER_THREADS = ConfigOptions.key("millrace.embedder.threads")
            .intType()
            .defaultValue(2)
            .withDescription("Calls at a time, 1 to 64, of each subtask: as many for texts of searches as for texts of"
                    + " rows.");

    public static final ConfigOption<Integer> EMBEDDER_TEXT_MAX_CHARS = ConfigOptions.key(
                    "millrace.embedder.text-max-chars")
            .intType()
            .defaultValue(8_192)
            .withDescription(
                    "A search with a longer text is refused. Of a row with a longer text so many characters are"
                            + " embedded.");

    public static final ConfigOption<Integer> CLUSTERS_COUNT = ConfigOptions.key("millrace.clusters.count")
            .intType()
            .defaultValue(16)
            .withDescription("Clusters that are told apart in the vectors of each vector index, 1 to 64, for"
                    + " compute.read of cluster_info; 0 keeps none. Each shard keeps four times as many centroids of each"
                    + " index in memory and state, and every vector that is written is compared with them.");

    public static final ConfigOption<String> PLAN_GENERATOR = ConfigOptions.key("millrace.plan-generator")
            .stringType()
            .defaultValue(PlanGeneratorSettings.NO_GENERATOR)
            .withDescription("What makes plans for questions that come without one: none; openai, a chat model of any"
                    + " service that speaks that protocol; or the class of a PlanGeneratorFactory on the class path. The"
                    + " names in the catalog, and the questions, are sent to it.");

    public static final ConfigOption<String> PLAN_GENERATOR_BASE_URL = ConfigOptions.key(
                    "millrace.plan-generator.base-url")
            .stringType()
            .noDefaultValue()
            .withDescription("Where the service of openai is, without /chat/completions. Without it OpenAI's own.");

    public static final ConfigOption<String> PLAN_GENERATOR_MODEL = ConfigOptions.key("millrace.plan-generator.model")
            .stringType()
            .noDefaultValue()
            .withDescription("The model that the service is asked for. Required by openai.");

    public static final ConfigOption<String> PLAN_GENERATOR_API_KEY_ENV = ConfigOptions.key(
                    "millrace.plan-generator.api-key-env")
            .stringType()
            .noDefaultValue()
            .withDescription("Name of the environment variable of the TaskManagers that holds the key of the service."
                    + " The key itself stands in no configuration.");

    public static final ConfigOption<Duration> PLAN_GENERATOR_TIMEOUT = ConfigOptions.key(
                    "millrace.plan-generator.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription("How long one call of the service may take. A plan takes one call, or two where the first"
                    + " plan is wrong.");

    public static final ConfigOption<Integer> PLAN_GENERATOR_RETRIES = ConfigOptions.key(
                    "millrace.plan-generator.retries")
            .intType()
            .defaultValue(2)
            .withDescription("How often a call is tried again, 0 to 10, behind growing pauses, when the service answers"
                    + " 429 or 5xx or not at all. The question is then answered UNAVAILABLE.");

    public static final ConfigOption<Integer> PLAN_GENERATOR_THREADS = ConfigOptions.key(
                    "millrace.plan-generator.threads")
            .intType()
            .defaultValue(4)
            .withDescription("Questions that are asked at a time, 1 to 64, of each subtask.");

    public static final ConfigOption<Integer> PLAN_GENERATOR_MAX_WAITING = ConfigOptions.key(
                    "millrace.plan-generator.max-waiting")
            .intType()
            .defaultValue(100)
            .withDescription("Requests that wait for plans at a time, 1 to 10 000, in each subtask; further ones are"
                    + " answered OVERLOADED.");

    public static final ConfigOption<Integer> PLAN_GENERATOR_MAX_TOKENS = ConfigOptions.key(
                    "millrace.plan-generator.max-tokens")
            .intType()
            .defaultValue(4_096)
            .withDescription("Length of one answer of the model, 1 to 100 000 tokens. A plan that is cut there is"
                    + " answered UNAVAILABLE.");

    public static final ConfigOption<Duration> STATISTICS_INTERVAL = ConfigOptions.key("millrace.statistics.interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(5))
            .withDescription("Least time between two looks of a shard at its rows for statistics, at least 100 ms, or 0"
                    + " for none. A collection is looked at again when a twentieth of it has changed, and no shard spends"
                    + " more than 2 % of its time with that.");

    public static final ConfigOption<Double> HYBRID_GRAPH_FIRST_BELOW = ConfigOptions.key(
                    "millrace.hybrid.graph-first-below")
            .doubleType()
            .defaultValue(HybridSettings.DEFAULT.graphFirstBelow())
            .withDescription(
                    "Where there are no statistics to tell costs by: the share of rows that the pattern keeps, 0 to 1, below"
                            + " which a search across vectors and graph asks the graph first.");

    public static final ConfigOption<Double> HYBRID_VECTOR_FIRST_ABOVE = ConfigOptions.key(
                    "millrace.hybrid.vector-first-above")
            .doubleType()
            .defaultValue(HybridSettings.DEFAULT.vectorFirstAbove())
            .withDescription("Likewise the share above which it asks the vectors first, not below the other.");

    /** When answers are sent. */
    public enum Delivery {
        FAST,
        STRICT
    }

    private JobOptions() {}
}
