package io.millrace.index.shard;

import java.util.List;

/**
 * Texts of rows of one shard that are embedded together.
 *
 * @param indexId of the index that asks for it
 */
public record EmbeddingBatch(int shard, long indexId, List<Text> texts) {
    public EmbeddingBatch {
        texts = List.copyOf(texts);
    }

    /**
     * The text of one row.
     *
     * @param hash of the row's text, of which {@code text} may be the beginning
     */
    public record Text(String key, long hash, String text) {}

    /** Returns the texts alone. */
    public List<String> strings() {
        return texts.stream().map(Text::text).toList();
    }
}
