package io.millrace.inference;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Which embedder, and how it is reached.
 *
 * @param embedder name or class of a factory; {@link #NO_EMBEDDER} for none
 * @param baseUrl of a service, without the last part of the path; null where there is none
 * @param model that a service is asked for; null for its only one
 * @param apiKeyEnv name of the environment variable that holds the key; null for no key
 * @param timeoutMs of one call
 * @param retries after the first call, 0 or more
 * @param batch texts of one call, at least 1
 * @param threads calls at a time, of one subtask
 * @param textCharsMax a longer text is refused where it asks, and cut where it is stored
 */
public record EmbedderSettings(
        String embedder,
        @Nullable String baseUrl,
        @Nullable String model,
        @Nullable String apiKeyEnv,
        long timeoutMs,
        int retries,
        int batch,
        int threads,
        int textCharsMax)
        implements Serializable {
    public static final String NO_EMBEDDER = "none";
    public static final EmbedderSettings NONE = of(NO_EMBEDDER);

    public EmbedderSettings {
        if (timeoutMs < 1 || retries < 0 || batch < 1 || threads < 1 || textCharsMax < 1) {
            throw new IllegalArgumentException("time-out, batch, threads and text length must be at least 1, retries"
                    + " at least 0, got " + timeoutMs + ", " + batch + ", " + threads + ", " + textCharsMax + ", "
                    + retries);
        }
    }

    /** Returns the settings of an embedder that needs no service. */
    public static EmbedderSettings of(String embedder) {
        return new EmbedderSettings(embedder, null, null, null, 10_000, 3, 32, 2, 8_192);
    }

    public boolean isNone() {
        return embedder.equals(NO_EMBEDDER);
    }
}
