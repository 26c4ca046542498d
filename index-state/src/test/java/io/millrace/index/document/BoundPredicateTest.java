package io.millrace.index.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.index.store.Bytes;
import io.millrace.protocol.catalog.Catalog;
import io.millrace.protocol.catalog.CollectionSchema;
import io.millrace.protocol.catalog.Field;
import io.millrace.protocol.catalog.UnknownFields;
import io.millrace.protocol.fragment.DocumentSelection;
import io.millrace.protocol.mutation.ChangeKind;
import io.millrace.protocol.mutation.DocumentChange;
import io.millrace.protocol.mutation.EncodedFields;
import io.millrace.protocol.predicate.Comparison;
import io.millrace.protocol.predicate.Predicate;
import io.millrace.protocol.predicate.PredicateEvaluator;
import io.millrace.protocol.value.JsonText;
import io.millrace.protocol.value.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shards' evaluation on bytes against the one that everybody else uses. */
class BoundPredicateTest {
    private static final List<String> TEXTS = List.of("", "a", "ab", "b", "é", "\uffff", "\ud83d\ude00", "7");
    private static final List<String> NAMES =
            List.of("id", "s", "b", "i", "d", "t", "j", "later", "@timestamp", "unknown");

    private final CollectionSchema schema = new CollectionSchema(
            1,
            "c",
            List.of(
                    new Field("id", ValueType.STRING),
                    new Field("s", ValueType.STRING),
                    new Field("b", ValueType.BOOLEAN),
                    new Field("i", ValueType.INT),
                    new Field("d", ValueType.DOUBLE),
                    new Field("t", ValueType.TIMESTAMP),
                    new Field("j", ValueType.JSON),
                    new Field("later", ValueType.INT)),
            List.of("id"),
            null,
            null,
            UnknownFields.ERROR);
    private final CollectionBinding collection = new CollectionBinding(schema, Catalog.EMPTY);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void evaluationOnBytesIsTheEvaluatorsOnValues(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            String key = text(random);
            Map<String, @Nullable Object> row = row(random);
            Predicate predicate = predicate(random, 3);
            RowFilter filter = new RowFilter(collection, new DocumentSelection(1, null, null, predicate));
            Map<String, @Nullable Object> oracle = new HashMap<>(row);
            oracle.put("id", key);
            oracle.put("@timestamp", 77L);

            assertThat(filter.passes(Bytes.utf8(key), encode(key, row)))
                    .as("seed %s: %s on %s", seed, predicate, oracle)
                    .isEqualTo(PredicateEvaluator.matches(predicate, oracle::get));
        }
    }

    private byte[] encode(String key, Map<String, @Nullable Object> row) {
        RowDraft draft = new RowDraft();
        new DocumentReader(new DroppedCounters())
                .read(
                        collection,
                        Catalog.EMPTY,
                        new DocumentChange(ChangeKind.UPSERT, "c", key, null, false, EncodedFields.of(row)),
                        draft);
        assertThat(draft.problems()).isEmpty();
        return draft.toRow(77);
    }

    private static Map<String, @Nullable Object> row(Random random) {
        Map<String, @Nullable Object> row = new HashMap<>();
        put(random, row, "s", text(random));
        put(random, row, "b", random.nextBoolean());
        put(random, row, "i", (long) random.nextInt(5));
        put(random, row, "d", random.nextInt(5) / 2.0);
        put(random, row, "t", 76L + random.nextInt(3));
        put(random, row, "j", new JsonText(random.nextBoolean() ? "[1,\"a\",true]" : "{\"a\":[7]}"));
        return row;
    }

    private static void put(Random random, Map<String, @Nullable Object> row, String name, Object value) {
        if (random.nextInt(4) > 0) {
            row.put(name, random.nextInt(8) == 0 ? null : value);
        }
    }

    private static String text(Random random) {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private static String name(Random random) {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private static Object constant(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> text(random);
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt(5) / 2.0;
            case 3 -> 75L + random.nextInt(4);
            default -> (long) random.nextInt(5);
        };
    }

    private static Predicate predicate(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 6)) {
            case 0, 1 -> new Predicate.Compare(name(random), comparison(random), constant(random));
            case 2 -> new Predicate.In(name(random), constants(random));
            case 3 -> new Predicate.CompareFields(name(random), comparison(random), name(random));
            case 4 ->
                random.nextBoolean()
                        ? new Predicate.Contains(name(random), constant(random))
                        : new Predicate.StartsWith(name(random), text(random));
            case 5 -> new Predicate.Exists(name(random), random.nextBoolean());
            case 6, 7 -> new Predicate.And(operands(random, depth));
            case 8 -> new Predicate.Or(operands(random, depth));
            default -> new Predicate.Not(predicate(random, depth - 1));
        };
    }

    private static Comparison comparison(Random random) {
        return Comparison.values()[random.nextInt(Comparison.values().length)];
    }

    private static List<Object> constants(Random random) {
        List<Object> constants = new ArrayList<>();
        boolean texts = random.nextBoolean();
        for (int i = random.nextInt(4); i > 0; i--) {
            constants.add(texts ? text(random) : constant(random));
        }
        return constants;
    }

    private static List<Predicate> operands(Random random, int depth) {
        List<Predicate> operands = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            operands.add(predicate(random, depth - 1));
        }
        return operands;
    }
}
