package io.millrace.index.shard;

/**
 * Has the texts of rows embedded, beside the thread of the shards. A shard has at most two batches of an index under way.
 */
public interface TextEmbedder {
    /** For jobs without an embedder: texts wait. */
    TextEmbedder NONE = new TextEmbedder() {
        @Override
        public boolean available() {
            return false;
        }

        @Override
        public int batchMax() {
            return 1;
        }

        @Override
        public int charsMax() {
            return 1;
        }

        @Override
        public void embed(EmbeddingBatch batch) {
            throw new IllegalStateException("there is no embedder");
        }
    };

    /** Returns whether there is an embedder, be it one that does not answer. */
    boolean available();

    /** Returns how many texts a batch may have. */
    int batchMax();

    /** Returns how long a text may be. */
    int charsMax();

    /** Takes a batch; {@link ShardSet#embedded} or {@link ShardSet#notEmbedded} is called for it later. */
    void embed(EmbeddingBatch batch);
}
