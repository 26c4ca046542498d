package io.millrace.inference;

import java.util.List;
import java.util.Locale;

/**
 * Embeds by words: each word of a text adds 1 to the component that its hash chooses, and the vector is made of unit length.
 * Texts that share words are near.
 */
public final class HashingEmbedder implements Embedder {
    private final int dimension;

    public HashingEmbedder(int dimension) {
        this.dimension = dimension;
    }

    @Override
    public String name() {
        return "hashed words";
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        return texts.stream().map(this::vector).toList();
    }

    /** Returns the vector of one text. */
    public float[] vector(String text) {
        float[] vector = new float[dimension];
        for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            if (!word.isEmpty()) {
                vector[Math.floorMod(word.hashCode() * 0x9E3779B9 >>> 7, dimension)]++;
            }
        }
        double squares = 0;
        for (float component : vector) {
            squares += component * component;
        }
        for (int i = 0; i < dimension && squares > 0; i++) {
            vector[i] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}
