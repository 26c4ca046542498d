package io.millrace.inference.minilm;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.millrace.inference.Embedder;
import java.util.List;

/** all-MiniLM-L6-v2, quantised: vectors of unit length. */
final class MiniLmEmbedder implements Embedder {
    // On the caller's thread: whoever embeds has threads of its own.
    private final EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);

    @Override
    public String name() {
        return "all-MiniLM-L6-v2, quantised, in process";
    }

    @Override
    public int dimension() {
        return MiniLmEmbedderFactory.DIMENSION;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
        return model.embedAll(segments).content().stream()
                .map(Embedding::vector)
                .toList();
    }
}
