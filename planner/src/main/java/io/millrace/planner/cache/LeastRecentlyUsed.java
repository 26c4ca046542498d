package io.millrace.planner.cache;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/** Which of a bounded number of keys was not used for longest. Not safe for use by several threads. */
public final class LeastRecentlyUsed {
    private final int max;
    private final LinkedHashSet<String> keys = new LinkedHashSet<>();

    /** @param max keys that are kept; none where it is 0 */
    public LeastRecentlyUsed(int max) {
        this.max = max;
    }

    /** Notes that a key is used now, and returns the one that must go for it, perhaps itself; null for none. */
    public @Nullable String use(String key) {
        keys.remove(key);
        keys.add(key);
        if (keys.size() <= max) {
            return null;
        }
        String oldest = keys.iterator().next();
        keys.remove(oldest);
        return oldest;
    }

    public void remove(String key) {
        keys.remove(key);
    }

    public int size() {
        return keys.size();
    }
}
