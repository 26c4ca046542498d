package io.millrace.planner.generate;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Which plan generator, and how it is reached.
 *
 * @param generator name or class of a factory; {@link #NO_GENERATOR} for none
 * @param baseUrl of a service, without the last parts of the path; null for where it usually is
 * @param model that a service is asked for; null where it needs no name
 * @param apiKeyEnv name of the environment variable that holds the key; null for no key
 * @param timeoutMs of one call
 * @param retries after the first call, 0 or more
 * @param threads calls at a time, of one subtask
 * @param waitingMax requests that wait for a plan, of one subtask
 * @param tokensMax of one answer of the model
 */
public record PlanGeneratorSettings(
        String generator,
        @Nullable String baseUrl,
        @Nullable String model,
        @Nullable String apiKeyEnv,
        long timeoutMs,
        int retries,
        int threads,
        int waitingMax,
        int tokensMax)
        implements Serializable {
    public static final String NO_GENERATOR = "none";
    public static final PlanGeneratorSettings NONE = of(NO_GENERATOR);

    public PlanGeneratorSettings {
        if (timeoutMs < 1 || retries < 0 || threads < 1 || waitingMax < 1 || tokensMax < 1) {
            throw new IllegalArgumentException("time-out, threads, waiting requests and tokens must be at least 1,"
                    + " retries at least 0, got " + timeoutMs + ", " + threads + ", " + waitingMax + ", " + tokensMax
                    + ", " + retries);
        }
    }

    /** Returns the settings of a generator that needs no service. */
    public static PlanGeneratorSettings of(String generator) {
        return new PlanGeneratorSettings(generator, null, null, null, 30_000, 2, 4, 100, 4_096);
    }

    public boolean isNone() {
        return generator.equals(NO_GENERATOR);
    }
}
