package io.millrace.inference;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A service that speaks JSON over HTTP.
 *
 * @param base to which the paths of calls are added
 * @param apiKey sent as a bearer token; null for none
 * @param connectTimeoutMs part of {@code requestTimeoutMs}
 * @param requestTimeoutMs of one try, from the connection to the last byte of the answer
 * @param retries after the first try
 * @param responseBytesMax a larger answer is not read
 */
public record HttpService(
        URI base,
        @Nullable String apiKey,
        long connectTimeoutMs,
        long requestTimeoutMs,
        int retries,
        int responseBytesMax) {
    private static final long CONNECT_TIMEOUT_MS_MAX = 5_000;

    /** The same for every service that is described by settings. */
    static final int RESPONSE_BYTES_MAX = 32 << 20;

    public HttpService {
        if (!("http".equals(base.getScheme()) || "https".equals(base.getScheme())) || base.getHost() == null) {
            throw new IllegalArgumentException("a base URL begins with http:// or https:// and a host, got " + base);
        }
        if (connectTimeoutMs < 1 || requestTimeoutMs < 1 || retries < 0 || responseBytesMax < 1) {
            throw new IllegalArgumentException("time-outs and sizes must be at least 1, retries at least 0");
        }
    }

    /** Makes the description of a service of which only the time of a call is bounded otherwise than all others. */
    public HttpService(URI base, @Nullable String apiKey, long requestTimeoutMs, int retries) {
        this(
                base,
                apiKey,
                Math.min(requestTimeoutMs, CONNECT_TIMEOUT_MS_MAX),
                requestTimeoutMs,
                retries,
                RESPONSE_BYTES_MAX);
    }

    /** Returns the same service, of which larger answers than this are not read. */
    public HttpService withResponseBytesMax(int bytesMax) {
        return new HttpService(base, apiKey, connectTimeoutMs, requestTimeoutMs, retries, bytesMax);
    }

    /** Returns where {@code path} is. */
    URI resolve(String path) {
        String text = base.toString();
        return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
    }

    /** The key goes into no log. */
    @Override
    public String toString() {
        return base.toString();
    }
}
