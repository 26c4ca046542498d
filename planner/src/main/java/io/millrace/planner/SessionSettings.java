package io.millrace.planner;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.planner.plan.JsonValues;
import io.millrace.protocol.value.ValueReader;
import io.millrace.protocol.value.ValueWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a session has set: it holds for the requests of the session, as if each of them had said it.
 *
 * @param options as a request has them; there are as many names as there are options
 * @param storedMs epoch ms of the last SET
 */
public record SessionSettings(Map<String, JsonNode> options, long storedMs) {
    private static final int VERSION = 1;

    public static final SessionSettings NONE = new SessionSettings(Map.of(), 0);

    public SessionSettings {
        options = Map.copyOf(options);
    }

    /**
     * One of them.
     *
     * @param value null to have none any more
     */
    public record Setting(String name, @Nullable JsonNode value) {}

    public SessionSettings with(Setting setting, long nowMs) {
        Map<String, JsonNode> all = new TreeMap<>(options);
        if (setting.value() == null) {
            all.remove(setting.name());
        } else {
            all.put(setting.name(), setting.value());
        }
        return new SessionSettings(all, nowMs);
    }

    /** Returns the binary form, the version in front. */
    public byte[] toBytes() {
        ValueWriter out = new ValueWriter(64);
        out.writeByte(VERSION);
        out.writeLong(storedMs);
        out.writeVarint(options.size());
        new TreeMap<>(options).forEach((name, value) -> {
            out.writeString(name);
            out.writeString(value.toString());
        });
        return out.toBytes();
    }

    /** @throws IllegalStateException if the bytes have another version */
    public static SessionSettings of(byte[] bytes) {
        ValueReader in = new ValueReader(bytes);
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalStateException("unknown version of session settings " + version);
        }
        long storedMs = in.readLong();
        Map<String, JsonNode> options = new TreeMap<>();
        for (int left = in.readVarint(); left > 0; left--) {
            options.put(in.readString(), JsonValues.parse(in.readString()));
        }
        return new SessionSettings(options, storedMs);
    }
}
