package io.millrace.protocol.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MillraceException;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.ControlRecord;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Control records and whole catalogs as JSON: snake_case names, lower-case enum values. */
public final class ControlCodec {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(com.fasterxml.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private ControlCodec() {}

    public static byte[] write(ControlRecord entry) {
        return toBytes(entry);
    }

    /** @throws MillraceException INVALID_JSON if {@code bytes} is not a control record */
    public static ControlRecord read(byte[] bytes) throws MillraceException {
        return fromBytes(bytes, ControlRecord.class);
    }

    public static byte[] writeCatalog(Catalog catalog) {
        return toBytes(catalog);
    }

    /** @throws UncheckedIOException if {@code bytes}, which come from our own state, are not a catalog */
    public static Catalog readCatalog(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Catalog.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the catalog in state cannot be read", e);
        }
    }

    private static byte[] toBytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a catalog record cannot be written", e);
        }
    }

    private static <T> T fromBytes(byte[] bytes, Class<T> type) throws MillraceException {
        try {
            T value = JSON.readValue(bytes, type);
            if (value == null) {
                throw new MillraceException(ErrorCode.INVALID_JSON, "control record is null");
            }
            return value;
        } catch (IOException e) {
            String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
            throw new MillraceException(ErrorCode.INVALID_JSON, "control record cannot be read: " + message);
        }
    }
}
