package io.millrace.benchmarks.engine;

import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import io.millrace.protocol.catalog.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JVector's graph in memory over full precision, with its hierarchy. Its M bounds the links of the base level, so it is
 * twice ours; overflow and alpha are 1.2.
 */
final class JVectorEngine implements Engine {
    private static final VectorTypeSupport VECTORS =
            VectorizationProvider.getInstance().getVectorTypeSupport();
    private static final float OVERFLOW = 1.2f;
    private static final float ALPHA = 1.2f;

    private final VectorSimilarityFunction similarity;
    private final List<VectorFloat<?>> vectors = new ArrayList<>();
    private final ListRandomAccessVectorValues values;
    private final GraphIndexBuilder builder;
    private @Nullable GraphSearcher searcher;
    private SearchResult.NodeScore[] found = {};

    JVectorEngine(EngineSpec spec) {
        similarity = similarity(spec.metric());
        values = new ListRandomAccessVectorValues(vectors, spec.dimension());
        builder = new GraphIndexBuilder(
                BuildScoreProvider.randomAccessScoreProvider(values, similarity),
                spec.dimension(),
                2 * spec.m(),
                spec.efConstruction(),
                OVERFLOW,
                ALPHA,
                true);
    }

    private static VectorSimilarityFunction similarity(Metric metric) {
        return switch (metric) {
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case COSINE -> VectorSimilarityFunction.COSINE;
            case IP -> VectorSimilarityFunction.DOT_PRODUCT;
        };
    }

    @Override
    public Runnable put(int id, float[] vector) {
        VectorFloat<?> own = VECTORS.createFloatVector(vector.clone());
        vectors.add(own);
        return () -> builder.addGraphNode(id, own);
    }

    @Override
    public void seal() {
        builder.cleanup();
        searcher = new GraphSearcher(builder.getGraph());
    }

    @Override
    public Runnable search(float[] query, SearchSetting setting) {
        GraphSearcher now = searcher;
        if (now == null) {
            throw new IllegalStateException("not sealed");
        }
        VectorFloat<?> own = VECTORS.createFloatVector(query);
        int beam = Math.max(setting.ef(), setting.k());
        return () -> found = now.search(
                        DefaultSearchScoreProvider.exact(own, similarity, values), setting.k(), beam, 0f, 0f, Bits.ALL)
                .getNodes();
    }

    @Override
    public int found(int[] ids) {
        for (int i = 0; i < found.length; i++) {
            ids[i] = found[i].node;
        }
        return found.length;
    }

    @Override
    public void close() {
        try {
            builder.close();
        } catch (IOException e) {
            throw new UncheckedIOException("JVector cannot be closed", e);
        }
    }
}
