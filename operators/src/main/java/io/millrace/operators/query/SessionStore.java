package io.millrace.operators.query;

import io.millrace.planner.SessionSettings;
import io.millrace.planner.SessionSettings.Setting;
import org.apache.flink.runtime.state.KeyedStateBackend;

/** The settings of sessions: keyed state of their ids. The session that was not used for longest may go. */
final class SessionStore {
    private final RecentState<SessionSettings> sessions;

    private SessionStore(RecentState<SessionSettings> sessions) {
        this.sessions = sessions;
    }

    /**
     * Opens the store with what the state holds.
     *
     * @param max sessions with settings that this subtask keeps
     * @param ttlMs how long settings hold, counted from the last SET
     */
    static SessionStore open(KeyedStateBackend<String> backend, int max, long ttlMs) throws Exception {
        return new SessionStore(new RecentState<>(backend, "sessions", new Format(), max, ttlMs));
    }

    /** Returns what the session of the current key has set. */
    SessionSettings get(long nowMs) throws Exception {
        SessionSettings settings = sessions.get(nowMs);
        return settings == null ? SessionSettings.NONE : settings;
    }

    /** Keeps a setting for the session of the current key. */
    void set(Setting setting, long nowMs) throws Exception {
        sessions.put(get(nowMs).with(setting, nowMs));
    }

    private static final class Format implements RecentState.Format<SessionSettings> {
        @Override
        public byte[] toBytes(SessionSettings settings) {
            return settings.toBytes();
        }

        @Override
        public SessionSettings of(byte[] bytes) {
            return SessionSettings.of(bytes);
        }

        @Override
        public long storedMs(SessionSettings settings) {
            return settings.storedMs();
        }
    }
}
