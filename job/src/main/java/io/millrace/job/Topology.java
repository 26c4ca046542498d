package io.millrace.job;

import io.millrace.index.state.ShardKeys;
import io.millrace.index.state.ShardStateOptions;
import io.millrace.operators.ingest.RouteMutation;
import io.millrace.operators.kafka.OutgoingRecordSchema;
import io.millrace.operators.kafka.SourceRecordSchema;
import io.millrace.operators.query.CoordinatePlan;
import io.millrace.operators.query.FragmentLoop;
import io.millrace.operators.query.PlanRequest;
import io.millrace.operators.query.QuerySettings;
import io.millrace.operators.query.ReadRequest;
import io.millrace.operators.query.RunFragment;
import io.millrace.operators.types.CoordinatorInput;
import io.millrace.operators.types.IncomingRequest;
import io.millrace.operators.types.LoopMessage;
import io.millrace.operators.types.MillraceTypes;
import io.millrace.operators.types.OutgoingRecord;
import io.millrace.operators.types.SourceRecord;
import io.millrace.protocol.Request;
import io.millrace.protocol.fragment.ShardOutput;
import io.millrace.protocol.mutation.ShardInput;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;

/**
 * Wires the job: events to the shards, requests over planners and coordinators to the shards and back, the control log
 * to planners and shards. docs/ARCHITECTURE.md draws it.
 */
public final class Topology {
    private final StreamExecutionEnvironment environment;
    private final JobConfig config;
    private final QuerySettings query;
    private final int parallelism;

    private Topology(StreamExecutionEnvironment environment, JobConfig config) {
        this.environment = environment;
        this.config = config;
        this.query = config.query();
        this.parallelism = environment.getParallelism();
    }

    /** Adds the job to {@code environment}. */
    public static void build(StreamExecutionEnvironment environment, JobConfig config) {
        environment.setMaxParallelism(config.maxParallelism());
        environment.setBufferTimeout(0);
        new Topology(environment, config).build();
    }

    /** Returns {@code given} with the settings of Flink that the job wants and that are not given. */
    public static Configuration flinkSettings(Configuration given) {
        Configuration settings = new Configuration();
        settings.setString("pipeline.object-reuse", "true");
        settings.setString("pipeline.generic-types", "false");
        settings.setString("state.backend.type", "rocksdb");
        settings.setString("execution.checkpointing.incremental", "true");
        settings.setString("execution.checkpointing.interval", "5 s");
        settings.setString("state.backend.rocksdb.writebuffer.size", "2 mb");
        settings.setString("state.backend.rocksdb.writebuffer.count", "4");
        settings.setString("state.backend.rocksdb.compaction.level.max-size-level-base", "32 mb");
        settings.setString("state.backend.rocksdb.compaction.level.target-file-size-base", "8 mb");
        settings.setString("state.backend.rocksdb.options-factory", ShardStateOptions.class.getName());
        settings.setString("state.backend.rocksdb.use-bloom-filter", "true");
        settings.setString("state.backend.rocksdb.timer-service.factory", "HEAP");
        settings.addAll(given);
        return settings;
    }

    private void build() {
        SingleOutputStreamOperator<SourceRecord> control = control();
        SingleOutputStreamOperator<ShardInput> mutations = mutations();
        SingleOutputStreamOperator<LoopMessage> head = loopHead(control);
        Operator<ShardOutput> shards = runFragment(mutations, head);
        SingleOutputStreamOperator<IncomingRequest> requests = requests();
        Operator<CoordinatorInput> planners = planRequest(requests, control.union(statistics()));
        Operator<OutgoingRecord> coordinators = coordinatePlan(planners, shards);
        loopTail(coordinators);
        coordinators
                .sinkTo(sink(DeliveryGuarantee.AT_LEAST_ONCE, "0", "answers"))
                .name("responses")
                .uid(Uids.RESPONSES);
        DataStream<OutgoingRecord> side = mutations
                .getSideOutput(RouteMutation.DEAD_LETTERS)
                .union(requests.getSideOutput(RouteMutation.DEAD_LETTERS), shards.getSideOutput(RunFragment.RECORDS));
        side.sinkTo(sideSink()).name("side records").uid(Uids.SIDE_RECORDS);
    }

    private SingleOutputStreamOperator<SourceRecord> control() {
        String topic = config.configuration().get(JobOptions.TOPICS_CONTROL);
        KafkaSource<SourceRecord> source = source(List.of(topic), List.of(), OffsetsInitializer.earliest(), "control");
        return environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "control")
                .setParallelism(1)
                .uid(Uids.CONTROL);
    }

    private SingleOutputStreamOperator<SourceRecord> statistics() {
        List<String> topics = List.of(query.statisticsTopic());
        KafkaSource<SourceRecord> source = source(topics, List.of(), OffsetsInitializer.earliest(), "statistics");
        return environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "statistics")
                .setParallelism(1)
                .uid(Uids.STATISTICS);
    }

    private SingleOutputStreamOperator<ShardInput> mutations() {
        KafkaSource<SourceRecord> source =
                source(config.eventTopics(), List.of(), OffsetsInitializer.earliest(), "events");
        SingleOutputStreamOperator<ShardInput> routed = environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "events")
                .uid(Uids.EVENTS)
                .transform("RouteMutation", MillraceTypes.SHARD_INPUT, new RouteMutation(config.ingest()))
                .uid(Uids.ROUTE_MUTATION);
        routed.setBufferTimeout(
                config.configuration().get(JobOptions.EVENTS_BUFFER_TIMEOUT).toMillis());
        return routed;
    }

    private SingleOutputStreamOperator<IncomingRequest> requests() {
        long start = System.currentTimeMillis() - Request.TIMEOUT_MS_MAX;
        KafkaSource<SourceRecord> source = source(
                config.requestTopics(),
                List.of(ReadRequest.REPLY_TOPIC_HEADER, ReadRequest.CORRELATION_HEADER),
                OffsetsInitializer.timestamp(start),
                "requests");
        return environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "requests")
                .uid(Uids.REQUESTS)
                .transform("ReadRequest", MillraceTypes.INCOMING_REQUEST, new ReadRequest(query))
                .uid(Uids.READ_REQUEST);
    }

    private SingleOutputStreamOperator<LoopMessage> loopHead(DataStream<SourceRecord> control) {
        SingleOutputStreamOperator<LoopMessage> head = control.global()
                .transform("FragmentLoop head", MillraceTypes.LOOP_MESSAGE, new FragmentLoop.HeadFactory())
                .uid(Uids.LOOP_HEAD)
                .setParallelism(parallelism);
        head.getTransformation().setCoLocationGroupKey(FragmentLoop.CO_LOCATION);
        return head;
    }

    private void loopTail(SingleOutputStreamOperator<OutgoingRecord> coordinators) {
        SingleOutputStreamOperator<LoopMessage> tail = coordinators
                .getSideOutput(CoordinatePlan.FRAGMENTS)
                .transform("FragmentLoop tail", MillraceTypes.LOOP_MESSAGE, new FragmentLoop.Tail())
                .uid(Uids.LOOP_TAIL)
                .setParallelism(parallelism);
        tail.getTransformation().setCoLocationGroupKey(FragmentLoop.CO_LOCATION);
        tail.sinkTo(new DiscardingSink<>()).name("end of loop").uid(Uids.LOOP_END);
    }

    private Operator<ShardOutput> runFragment(DataStream<ShardInput> mutations, DataStream<LoopMessage> head) {
        ShardKeys shardKeys = new ShardKeys(config.shards(), config.maxParallelism());
        int[] keys = IntStream.range(0, config.shards()).map(shardKeys::key).toArray();
        KeySelector<ShardInput, Integer> shardKey = input -> keys[input.shard()];
        TwoInputTransformation<ShardInput, LoopMessage, ShardOutput> transformation = new TwoInputTransformation<>(
                mutations.keyBy(shardKey, Types.INT).getTransformation(),
                head.broadcast().getTransformation(),
                "RunFragment",
                (StreamOperatorFactory<ShardOutput>) new RunFragment.Factory(query, config.catalogSource()),
                MillraceTypes.SHARD_OUTPUT,
                parallelism);
        transformation.setStateKeySelectors(shardKey, null);
        transformation.setStateKeyType(Types.INT);
        return add(transformation, Uids.RUN_FRAGMENT);
    }

    private Operator<CoordinatorInput> planRequest(
            DataStream<IncomingRequest> requests, DataStream<SourceRecord> controlAndStatistics) {
        KeySelector<IncomingRequest, String> key = IncomingRequest::planningKey;
        TwoInputTransformation<IncomingRequest, SourceRecord, CoordinatorInput> transformation =
                new TwoInputTransformation<>(
                        requests.keyBy(key, Types.STRING).getTransformation(),
                        controlAndStatistics.broadcast().getTransformation(),
                        "PlanRequest",
                        (StreamOperatorFactory<CoordinatorInput>)
                                new PlanRequest.Factory(query, config.catalogSource()),
                        MillraceTypes.COORDINATOR_INPUT,
                        parallelism);
        transformation.setStateKeySelectors(key, null);
        transformation.setStateKeyType(Types.STRING);
        return add(transformation, Uids.PLAN_REQUEST);
    }

    private Operator<OutgoingRecord> coordinatePlan(
            DataStream<CoordinatorInput> planners, DataStream<ShardOutput> shards) {
        KeySelector<CoordinatorInput, String> plannedKey = CoordinatorInput::requestId;
        KeySelector<ShardOutput, String> partialKey = ShardOutput::requestId;
        TypeInformation<String> keyType = Types.STRING;
        TwoInputTransformation<CoordinatorInput, ShardOutput, OutgoingRecord> transformation =
                new TwoInputTransformation<>(
                        planners.keyBy(plannedKey, keyType).getTransformation(),
                        shards.keyBy(partialKey, keyType).getTransformation(),
                        "CoordinatePlan",
                        (StreamOperatorFactory<OutgoingRecord>) new CoordinatePlan.Factory(query, config.endOffsets()),
                        MillraceTypes.OUTGOING_RECORD,
                        parallelism);
        transformation.setStateKeySelectors(plannedKey, partialKey);
        transformation.setStateKeyType(keyType);
        transformation.setCoLocationGroupKey(FragmentLoop.CO_LOCATION);
        return add(transformation, Uids.COORDINATE_PLAN);
    }

    private <A, B, T> Operator<T> add(TwoInputTransformation<A, B, T> transformation, String uid) {
        transformation.setUid(uid);
        environment.addOperator(transformation);
        return new Operator<>(environment, transformation);
    }

    private KafkaSource<SourceRecord> source(
            List<String> topics, List<String> headers, OffsetsInitializer start, String name) {
        return KafkaSource.<SourceRecord>builder()
                .setProperties(config.kafka())
                .setTopics(topics)
                .setGroupId("millrace-" + name)
                .setStartingOffsets(start)
                .setDeserializer(new SourceRecordSchema(headers))
                .setProperty("commit.offsets.on.checkpoint", "false")
                .setProperty("client.id.prefix", "millrace-" + name)
                .build();
    }

    private KafkaSink<OutgoingRecord> sideSink() {
        return sink(DeliveryGuarantee.AT_LEAST_ONCE, "5", "side");
    }

    private KafkaSink<OutgoingRecord> sink(DeliveryGuarantee fast, String lingerMs, String name) {
        boolean strict = config.configuration().get(JobOptions.DELIVERY) == JobOptions.Delivery.STRICT;
        return KafkaSink.<OutgoingRecord>builder()
                .setKafkaProducerConfig(config.kafka())
                .setRecordSerializer(new OutgoingRecordSchema())
                .setDeliveryGuarantee(strict ? DeliveryGuarantee.EXACTLY_ONCE : fast)
                .setTransactionalIdPrefix("millrace-" + name)
                .setProperty("linger.ms", lingerMs)
                .build();
    }

    /** A stream with side outputs, made from a transformation of our own. */
    private static final class Operator<T> extends SingleOutputStreamOperator<T> {
        Operator(StreamExecutionEnvironment environment, TwoInputTransformation<?, ?, T> transformation) {
            super(environment, transformation);
        }
    }
}
