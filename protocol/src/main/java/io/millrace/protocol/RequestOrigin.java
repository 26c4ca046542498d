package io.millrace.protocol;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a request came from and where its answer goes.
 *
 * @param tenant the topic that the request was read from
 * @param timestampMs Kafka's timestamp of the request
 * @param replyTopic where to answer; null for the configured response topic
 * @param correlationId sent back as it came; null for none
 */
public record RequestOrigin(
        String tenant, long timestampMs, @Nullable String replyTopic, byte @Nullable [] correlationId) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RequestOrigin that
                && tenant.equals(that.tenant)
                && timestampMs == that.timestampMs
                && Objects.equals(replyTopic, that.replyTopic)
                && Arrays.equals(correlationId, that.correlationId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, timestampMs, replyTopic, Arrays.hashCode(correlationId));
    }
}
