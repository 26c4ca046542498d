package io.millrace.job;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job that is the database: {@code flink run millrace-job.jar [--config FILE] [-Dkey=value …]}. */
public final class MillraceJob {
    /** The job's name in Flink. */
    public static final String NAME = "millrace";

    private MillraceJob() {}

    public static void main(String[] arguments) throws Exception {
        Configuration given = JobArguments.parse(arguments, System.getenv());
        JobConfig config = new JobConfig(given);
        Topics.create(config);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(Topology.flinkSettings(given));
        Topology.build(environment, config);
        environment.execute(NAME);
    }
}
