package io.millrace.benchmarks.data;

import io.millrace.protocol.catalog.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Vectors, queries and their exact answers; can be handed to another process as a folder. */
public record Dataset(String name, Metric metric, float[][] base, float[][] queries, Truth truth) {
    public int dimension() {
        return base[0].length;
    }

    /**
     * Reads files; without {@code truth} the nearest {@code k} are computed.
     *
     * @param name for people
     */
    public static Dataset read(String name, Metric metric, Path base, Path queries, @Nullable Path truth, int k)
            throws IOException {
        return of(
                name,
                metric,
                VectorFiles.readFloats(base),
                VectorFiles.readFloats(queries),
                truth == null ? null : VectorFiles.readIds(truth),
                k);
    }

    /** Makes {@link ClusteredVectors}, and queries from the same distribution. */
    public static Dataset synthetic(Metric metric, int count, int dimension, int queries, long seed, int k) {
        ClusteredVectors vectors = new ClusteredVectors(dimension, seed);
        return of(
                "synthetic " + count + " x " + dimension, metric, vectors.next(count), vectors.next(queries), null, k);
    }

    private static Dataset of(
            String name, Metric metric, float[][] base, float[][] queries, int @Nullable [][] truth, int k) {
        return new Dataset(
                name,
                metric,
                base,
                queries,
                truth == null ? Truth.compute(metric, base, queries, k) : new Truth(metric, base, queries, truth));
    }

    /** Returns the same with at most so many queries. */
    public Dataset withQueries(int queriesMax) {
        return queries.length <= queriesMax
                ? this
                : new Dataset(name, metric, base, Arrays.copyOf(queries, queriesMax), truth);
    }

    /** Writes all of it into an empty folder. */
    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("metric"), metric.name());
        VectorFiles.writeFloats(folder.resolve("base.fvecs"), base);
        VectorFiles.writeFloats(folder.resolve("query.fvecs"), queries);
        VectorFiles.writeIds(folder.resolve("truth.ivecs"), truth.ids());
    }

    /** Reads what {@link #write} has written. */
    public static Dataset read(Path folder) throws IOException {
        return read(
                folder.toString(),
                Metric.valueOf(Files.readString(folder.resolve("metric"))),
                folder.resolve("base.fvecs"),
                folder.resolve("query.fvecs"),
                folder.resolve("truth.ivecs"),
                0);
    }
}
