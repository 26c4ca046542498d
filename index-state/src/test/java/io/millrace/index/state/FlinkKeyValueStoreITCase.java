package io.millrace.index.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.index.Shared;
import io.millrace.index.shard.Fixture;
import io.millrace.index.store.Bytes;
import io.millrace.index.store.Cursor;
import io.millrace.index.store.KeyValueStore;
import io.millrace.index.store.Namespaces;
import io.millrace.protocol.catalog.Catalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlinkKeyValueStoreITCase {
    @TempDir
    private Path folder = Path.of("");

    private ShardOperator.Running running;
    private KeyValueStore store;
    private KeyValueStore neighbour;

    @BeforeEach
    void start() throws Exception {
        running = ShardOperator.start(2, 1, 0, null, folder, new Fixture(2), Catalog.EMPTY);
        store = running.storages().storage(0).open("test");
        neighbour = running.storages().storage(1).open("test");
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
    }

    private static byte[] vertex(String key) {
        return Namespaces.adjacency(7, true, Bytes.utf8(key));
    }

    private static List<String> keys(Cursor cursor) {
        List<String> keys = new ArrayList<>();
        while (cursor.next()) {
            keys.add(Bytes.text(cursor.key()));
        }
        return keys;
    }

    @Test
    void scanOfP1DoesNotReadP10() {
        store.put(vertex("p1"), Bytes.utf8("a"), new byte[] {1});
        store.put(vertex("p10"), Bytes.utf8("b"), new byte[] {2});
        store.put(vertex(""), Bytes.utf8("c"), new byte[] {3});
        neighbour.put(vertex("p1"), Bytes.utf8("d"), new byte[] {4});

        assertThat(keys(store.scan(vertex("p1")))).containsExactly("a");
        assertThat(keys(store.scan(vertex("p10")))).containsExactly("b");
        assertThat(keys(store.scan(vertex("")))).containsExactly("c");
        assertThat(keys(store.scan(vertex("p")))).isEmpty();
        assertThat(keys(neighbour.scan(vertex("p1")))).containsExactly("d");
    }

    @Test
    void entriesThatArePutTogetherAreThereAndReplaceOthersOfTheirNamespaceOnly() {
        Map<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 1_000; i++) {
            entries.put(Bytes.ofLong(i), new byte[i]);
        }
        store.put(vertex("p1"), Bytes.ofLong(3), new byte[] {1});
        store.put(vertex("p10"), Bytes.ofLong(3), new byte[] {2});
        neighbour.put(vertex("p1"), Bytes.ofLong(3), new byte[] {3});

        store.putAll(vertex("p1"), Map.of());
        assertThat(store.get(vertex("p1"), Bytes.ofLong(3))).containsExactly(1);
        store.putAll(vertex("p1"), entries);

        Cursor cursor = store.scan(vertex("p1"));
        for (int i = 0; i < 1_000; i++) {
            assertThat(cursor.next()).isTrue();
            assertThat(Bytes.toLong(cursor.key(), 0)).isEqualTo(i);
            assertThat(cursor.value()).hasSize(i);
        }
        assertThat(cursor.next()).isFalse();
        assertThat(store.get(vertex("p10"), Bytes.ofLong(3))).containsExactly(2);
        assertThat(neighbour.get(vertex("p1"), Bytes.ofLong(3))).containsExactly(3);
    }

    @Test
    void clearRemovesOneNamespaceOnly() {
        store.put(vertex("p1"), Bytes.utf8("a"), new byte[] {1});
        store.put(vertex("p10"), Bytes.utf8("b"), new byte[] {2});
        store.clear(vertex("p1"));

        assertThat(keys(store.scan(vertex("p1")))).isEmpty();
        assertThat(keys(store.scan(vertex("p10")))).containsExactly("b");
    }

    @Test
    void aCursorStaysOnItsNamespaceWhileOthersReadAndWrite() {
        fill(1_000);
        Cursor cursor = store.scan(vertex("p1"));
        List<Long> seen = new ArrayList<>();
        while (cursor.next()) {
            long key = Bytes.toLong(cursor.key(), 0);
            seen.add(key);
            neighbour.put(vertex("p1"), Bytes.ofLong(10_000 + key), new byte[] {2});
            store.put(vertex("p10"), Bytes.ofLong(20_000 + key), new byte[] {3});
            assertThat(store.get(vertex("p10"), Bytes.ofLong(20_000 + key))).containsExactly(3);
        }

        assertThat(seen).hasSize(1_000).doesNotHaveDuplicates().allMatch(key -> key < 1_000);
    }

    @Test
    void aCursorSeesEveryEntryThoughEachIsRemovedWhenSeen() {
        fill(1_000);
        Cursor cursor = store.scan(vertex("p1"));
        List<Long> seen = new ArrayList<>();
        while (cursor.next()) {
            seen.add(Bytes.toLong(cursor.key(), 0));
            store.remove(vertex("p1"), cursor.key());
        }

        assertThat(seen)
                .containsExactlyElementsOf(LongStream.range(0, 1_000).boxed().toList());
        assertThat(keys(store.scan(vertex("p1")))).isEmpty();
    }

    /** Flink's iterator by itself skips an entry behind a removed one where two of its blocks meet. */
    @ParameterizedTest(name = "from entry {0}")
    @ValueSource(ints = {1, 100, 127, 128, 129, 256, 300})
    void aCursorSeesEveryEntryThatStaysWhileOthersAreRemoved(int position) {
        fill(600);
        Cursor cursor = store.scan(vertex("p1"));
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < position; i++) {
            assertThat(cursor.next()).isTrue();
            seen.add(Bytes.toLong(cursor.key(), 0));
        }
        for (long key = 0; key < 600; key++) {
            if (key % 128 >= 120 || key % 128 == 0) {
                store.remove(vertex("p1"), Bytes.ofLong(key));
            }
        }
        while (cursor.next()) {
            seen.add(Bytes.toLong(cursor.key(), 0));
        }

        assertThat(seen)
                .containsAll(LongStream.range(0, 600)
                        .filter(key -> key % 128 < 120 && key % 128 != 0)
                        .boxed()
                        .toList());
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            store.put(vertex("p1"), Bytes.ofLong(i), new byte[] {1});
        }
    }

    @Test
    void naughtyStringsAreKeysAndNamespacesLikeAllOthers() throws Exception {
        String[] naughty =
                new ObjectMapper().readValue(Shared.file("naughty/blns.json").toFile(), String[].class);
        for (String text : naughty) {
            store.put(vertex(text), Bytes.utf8(text), Bytes.utf8("value of " + text));
        }

        for (String text : naughty) {
            assertThat(keys(store.scan(vertex(text)))).containsExactly(text);
            assertThat(store.get(vertex(text), Bytes.utf8(text))).isEqualTo(Bytes.utf8("value of " + text));
        }
    }
}
