package io.millrace.benchmarks.vectors;

import io.millrace.benchmarks.data.Dataset;
import io.millrace.benchmarks.measure.Report;
import io.millrace.protocol.catalog.Metric;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which vectors are used, as options of a command. */
public final class DataOptions {
    private static final long SEED = 20261121;

    @Option(names = "--base", paramLabel = "FILE", description = "Vectors: fvecs, bvecs or u8bin, plain or .gz.")
    private @Nullable Path base;

    @Option(names = "--query", paramLabel = "FILE", description = "Queries, likewise.")
    private @Nullable Path query;

    @Option(names = "--metric", description = "l2, cosine or ip (default: ${DEFAULT-VALUE}).", defaultValue = "l2")
    private String metric = "l2";

    @Option(
            names = "--synthetic",
            paramLabel = "N,dim",
            description =
                    "Made-up vectors instead of files: a mixture of normal distributions of low latent dimension.")
    private @Nullable String synthetic;

    @Option(names = "--queries", description = "At most so many (default: ${DEFAULT-VALUE}).", defaultValue = "1000")
    private int queriesMax;

    Metric metric() {
        return Metric.parse(metric)
                .orElseThrow(() -> new IllegalArgumentException("--metric must be l2, cosine or ip, got " + metric));
    }

    /**
     * Reads or makes the vectors.
     *
     * @param k how many exact answers are needed to a query
     * @param truth ivecs; null computes them
     */
    public Dataset load(int k, @Nullable Path truth) throws IOException {
        String shape = synthetic;
        if (shape != null) {
            String[] parts = shape.split(",");
            if (parts.length != 2) {
                throw new IllegalArgumentException("--synthetic must be N,dim, got " + shape);
            }
            int count = (int) Double.parseDouble(parts[0]);
            return Dataset.synthetic(metric(), count, Integer.parseInt(parts[1]), queriesMax, SEED, k);
        }
        if (base == null || query == null) {
            throw new IllegalArgumentException("give --base and --query, or --synthetic");
        }
        return Dataset.read(String.valueOf(base.getFileName()), metric(), base, query, truth, k)
                .withQueries(queriesMax);
    }

    /** Notes them as settings of this run. */
    public void describe(Report report, Dataset data) {
        report.setting("data", data.name())
                .setting("vectors", data.base().length)
                .setting("dimension", data.dimension())
                .setting("queries", data.queries().length)
                .setting("metric", data.metric());
    }
}
