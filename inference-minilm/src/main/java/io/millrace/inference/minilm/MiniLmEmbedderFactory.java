package io.millrace.inference.minilm;

import io.millrace.inference.Embedder;
import io.millrace.inference.EmbedderFactory;
import io.millrace.inference.EmbedderSettings;

/** Makes embedders that share the one model of this process. */
public final class MiniLmEmbedderFactory implements EmbedderFactory {
    static final int DIMENSION = 384;

    @Override
    public String name() {
        return "minilm";
    }

    @Override
    public int dimension(EmbedderSettings settings) {
        return DIMENSION;
    }

    @Override
    public Embedder open(EmbedderSettings settings) {
        return new MiniLmEmbedder();
    }
}
