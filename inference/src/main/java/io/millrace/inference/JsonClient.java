package io.millrace.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.InferenceException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to one service and reads JSON. An answer 429 or 5xx and a failure of the connection are tried again, after
 * 200 ms, 400 ms and so on up to 10 s, or after as long as the service asks for, if that is at most a minute. Redirects are
 * not followed: the key is for this service.
 */
public final class JsonClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BACKOFF_MS = 200;
    private static final long BACKOFF_MS_MAX = 10_000;
    private static final long RETRY_AFTER_MS_MAX = 60_000;
    private static final int DETAIL_LENGTH_MAX = 200;

    private final HttpService service;
    private final HttpClient client;
    private final Sleeper sleeper;
    private final LongSupplier clock;

    /** Waits between two tries. */
    @FunctionalInterface
    interface Sleeper {
        void sleep(long ms) throws InterruptedException;
    }

    /** What came of one try: an answer, or why there is none and when another may help, -1 for never. */
    private record Try(@Nullable JsonNode answer, @Nullable InferenceException failure, boolean again, long waitMs) {}

    public JsonClient(HttpService service) {
        this(service, TimeUnit.MILLISECONDS::sleep, System::currentTimeMillis);
    }

    /** @param clock epoch ms, which dates in Retry-After are compared with */
    JsonClient(HttpService service, Sleeper sleeper, LongSupplier clock) {
        this.service = service;
        this.sleeper = sleeper;
        this.clock = clock;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofMillis(service.connectTimeoutMs()))
                .build();
    }

    /**
     * Posts {@code body} to a path of the service and returns the answer.
     *
     * @throws InferenceException if the service refuses, or gave no answer to the last try either
     */
    public JsonNode post(String path, JsonNode body) throws InferenceException, InterruptedException {
        HttpRequest request = request(service.resolve(path), body);
        long backoffMs = BACKOFF_MS;
        for (int left = service.retries(); ; left--) {
            Try tried = once(request);
            if (tried.answer != null) {
                return tried.answer;
            }
            long waitMs = Math.max(backoffMs, tried.waitMs);
            if (tried.failure != null && (!tried.again || left == 0 || waitMs > RETRY_AFTER_MS_MAX)) {
                throw tried.failure;
            }
            sleeper.sleep(waitMs);
            backoffMs = Math.min(2 * backoffMs, BACKOFF_MS_MAX);
        }
    }

    private HttpRequest request(URI uri, JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .timeout(Duration.ofMillis(service.requestTimeoutMs()))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        if (service.apiKey() != null) {
            request.header("Authorization", "Bearer " + service.apiKey());
        }
        return request.build();
    }

    private Try once(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request, head -> new BoundedBody(service.responseBytesMax()));
        try {
            return read(request.uri(), sent.get(service.requestTimeoutMs(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return again(request.uri() + " did not answer within " + service.requestTimeoutMs() + " ms", e);
        } catch (ExecutionException | CancellationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof BoundedBody.TooLarge) {
                return never(Kind.MALFORMED, request.uri() + ": " + cause.getMessage());
            }
            return again(request.uri() + " cannot be asked: " + cause, cause);
        } finally {
            sent.cancel(true); // Changes nothing once it has ended.
        }
    }

    private Try read(URI uri, HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (status == 429 || status >= 500) {
            InferenceException failure =
                    new InferenceException(Kind.UNAVAILABLE, uri + " answered " + status + detail(response.body()));
            return new Try(null, failure, true, retryAfterMs(response));
        }
        if (status != 200) {
            return never(Kind.REFUSED, uri + " answered " + status + detail(response.body()));
        }
        try {
            JsonNode answer = JSON.readTree(response.body());
            return answer.isObject()
                    ? new Try(answer, null, false, 0)
                    : never(Kind.MALFORMED, uri + " answered no JSON object");
        } catch (IOException e) {
            return never(Kind.MALFORMED, uri + " answered no JSON: " + shortened(String.valueOf(e.getMessage())));
        }
    }

    private static Try again(String message, Throwable cause) {
        return new Try(null, new InferenceException(Kind.UNAVAILABLE, message, cause), true, 0);
    }

    private static Try never(Kind kind, String message) {
        return new Try(null, new InferenceException(kind, message), false, 0);
    }

    /** Returns what the service says of its failure, where that can be read. */
    private static String detail(byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            JsonNode error = answer.path("error");
            String message = error.isTextual()
                    ? error.textValue()
                    : error.path("message").asText(answer.path("message").asText(""));
            return message.isEmpty() ? "" : ": " + shortened(message);
        } catch (IOException e) {
            return "";
        }
    }

    private static String shortened(String text) {
        return text.length() <= DETAIL_LENGTH_MAX ? text : text.substring(0, DETAIL_LENGTH_MAX) + "…";
    }

    /** Reads seconds or a date; 0 where there is neither. */
    private long retryAfterMs(HttpResponse<byte[]> response) {
        String value = response.headers().firstValue("Retry-After").orElse("").trim();
        if (value.isEmpty()) {
            return 0;
        }
        try {
            return Math.multiplyExact(Math.max(0, Long.parseLong(value)), 1_000);
        } catch (NumberFormatException noNumber) {
            return dateMs(value);
        } catch (ArithmeticException tooLarge) {
            return Long.MAX_VALUE;
        }
    }

    private long dateMs(String value) {
        try {
            ZonedDateTime date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Math.max(0, date.toInstant().toEpochMilli() - clock.getAsLong());
        } catch (DateTimeParseException neither) {
            return 0;
        }
    }
}
